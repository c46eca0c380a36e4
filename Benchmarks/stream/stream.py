"""Feeds the command line by line through a pipe, to a pipe and to a file, and watches its memory (Linux)."""
import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time

SLACK = 64 << 20


def status(pid, key):
    """A size in bytes from /proc, 0 once the process has gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            for line in file:
                if line.startswith(key + ":"):
                    return int(line.split()[1]) << 10
    except OSError:
        pass
    return 0


class Feeder(threading.Thread):
    """Writes lines into the command as fast as it takes them."""

    def __init__(self, pipe, count):
        super().__init__(daemon=True)
        self.pipe, self.count, self.written, self.ended = pipe, count, 0, None

    def run(self):
        for start in range(0, self.count, 1000):
            lines = "".join(f"line {index} of a long list\n" for index in range(start, min(start + 1000, self.count)))
            self.pipe.write(lines.encode())
            self.written = min(start + 1000, self.count)
        self.pipe.close()
        self.ended = time.monotonic()


def run(options, target):
    """One run; the results of each come as lines or as a growing file."""
    name = "a pipe" if target is None else os.path.basename(target)
    arguments = [options.command, "encode", "--model", options.model, "--quiet"]
    arguments += [] if target is None else ["--output", target]
    start = time.monotonic()
    process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    feeder = Feeder(process.stdin, options.lines)
    feeder.start()
    # The largest size so far, after the first full windows and at the end.
    early = peak = 0
    results, first = 0, None
    if target is None:
        for line in process.stdout:
            results += 1
            if results == 1:
                first = (time.monotonic() - start, feeder.written, feeder.ended is None)
            if results % 1000 == 0:
                peak = max(peak, status(process.pid, "VmHWM"))
                early = early or (peak if results >= options.early else 0)
    else:
        while process.poll() is None:
            time.sleep(0.01)
            peak = max(peak, status(process.pid, "VmHWM"))
            early = early or (peak if feeder.written >= options.early + 8192 else 0)
    code = process.wait()
    seconds = time.monotonic() - start
    if target is not None:
        with open(target, "rb") as file:
            results = int(file.read(128).split(b"'shape': (")[1].split(b",")[0])
    isFlat = code == 0 and results == options.lines and peak - early <= SLACK
    print(f"{options.lines:,} lines to {name}: {seconds:.1f} s, {options.lines / seconds:,.0f} lines/s, status {code}")
    if first is not None:
        before = "before" if first[2] else "NOT before"
        print(f"  first result after {first[0] * 1000:.0f} ms and {first[1]:,} lines written, {before} the input ended")
    print(f"  memory {early >> 20} MiB after {options.early:,} lines, {peak >> 20} MiB at most: "
          f"{'flat' if isFlat else 'NOT flat'}", flush=True)
    return isFlat and (first is None or first[2])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--command", required=True)
    parser.add_argument("--model", default="Tests/Fixtures/models/mean", help="a folder or name (default: a tiny model)")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--early", type=int, default=20_000, help="lines after which memory should not grow")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        isRight = [run(options, None), run(options, os.path.join(folder, "out.npy"))]
    sys.exit(0 if all(isRight) else 1)


if __name__ == "__main__":
    main()
