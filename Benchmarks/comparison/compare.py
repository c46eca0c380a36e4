# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Runs this package and its peers in turn on the same texts and writes what it finds to Benchmarks/results.

    python compare.py --model FOLDER --worker PROGRAM [--before PROGRAM] [--threads 2] [--turns 3] [--peers NAME …]
                      [--sets NAME …] [--levels LEVEL …]

`--before` is the worker of an earlier release, which takes its turns with all others. `--levels` adds ours with the kernels
of each of these levels, such as `avx2`; OpenVINO also runs with the instructions of that level. ONNX Runtime and PyTorch
cannot be held to a level, and use all instructions of the machine.

Every program is a process of its own that stays loaded; a turn asks one after another to encode the whole set, so
that whatever else the machine does falls on all of them. The best of all turns counts. Embeddings are compared with
PyTorch's in float32, text by text.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import numpy as np

import chart
import export
import models
import texts

HERE = Path(__file__).resolve().parent
OURS = ["ours-float32", "ours-float32-highest", "ours-bfloat16", "ours-int8"]
PEERS = ["torch-float32", "torch-bfloat16", "onnxruntime-float32", "onnxruntime-int8", "openvino-float32",
         "openvino-float32-throughput", "openvino-bfloat16", "openvino-bfloat16-throughput", "openvino-int8",
         "openvino-int8-throughput"]
REFERENCE = "torch-float32"
# What is compared with what: those modes of the peers that are at most as exact.
RATIOS = [("ours-float32", "torch-float32"), ("ours-float32", "openvino-bfloat16"),
          ("ours-float32-highest", "onnxruntime-float32"), ("ours-float32", "onnxruntime-float32"),
          ("ours-float32", "openvino-float32"), ("ours-float32", "openvino-float32-throughput"),
          ("ours-bfloat16", "openvino-bfloat16"), ("ours-bfloat16", "openvino-bfloat16-throughput"),
          ("ours-int8", "onnxruntime-int8"), ("ours-int8", "openvino-int8"), ("ours-int8", "openvino-int8-throughput")]
# Sets for models that are not dense: the kind of model, and what to compare.
KINDS = {"pairs": "pairs", "splade": "splade", "splade-long": "splade", "instructed": "decoder"}
OTHER_RATIOS = [(ours, "torch-float32") for ours in OURS] + [("ours-bfloat16", "torch-bfloat16")]
# An earlier release is compared with this one in every precision, with every kind of model.
BEFORE = {ours: ours.replace("ours", "before") for ours in OURS}
# The instructions that OpenVINO uses beside a level of ours, as oneDNN calls them.
OPENVINO_LEVELS = {"avx2": "AVX2", "avx2-vnni": "AVX2_VNNI", "avx512": "AVX512_CORE", "avx512-vnni": "AVX512_CORE_VNNI",
                   "avx512-bf16": "AVX512_CORE_BF16", "amx": "AVX512_CORE_AMX"}
# How often a turn of one query encodes it.
REPETITIONS = {"query": 100}


class Program:
    """A running program of the comparison."""

    def __init__(self, name, kind, model, options, texts_file, work):
        self.name, self.times = name, []
        self.output = work / f"{name}-{texts_file.stem}.f32"
        threads = str(options.threads)
        program, _, level = name.partition("@")
        release, _, compute = program.partition("-")
        environment = dict(os.environ)
        if level:
            environment["SENTENCE_KERNELS"] = level
            environment["ONEDNN_MAX_CPU_ISA"] = OPENVINO_LEVELS[level]
        if release in ("ours", "before"):
            worker = options.worker if release == "ours" else options.before
            command = [worker, model, texts_file, threads, compute, self.output]
        else:
            command = [sys.executable, HERE / "peer.py", program, kind, model, texts_file, threads, self.output, work]
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=environment)
        if self.process.stdout.readline().strip() != "ready":
            raise RuntimeError(f"{name} did not start: {' '.join(map(str, command))}")
        self.embeddings = np.fromfile(self.output, np.float32)

    def turn(self, repetitions):
        self.process.stdin.write(f"{repetitions}\n")
        self.process.stdin.flush()
        self.times.append(float(self.process.stdout.readline()) / repetitions)

    def peak_memory(self):
        """Peak resident memory in MiB."""
        status = Path(f"/proc/{self.process.pid}/status")
        lines = status.read_text().splitlines() if status.exists() else []
        return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), None)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def token_count(model, all_texts, limit):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(limit)
    all_texts = [tuple(text) if isinstance(text, list) else text for text in all_texts]
    return sum(len(encoding.ids) for encoding in tokenizer.encode_batch(all_texts))


def measure(options, name, file, model, work):
    """One set of texts through all programs that have its kind of model: a row for each."""
    all_texts = json.loads(file.read_text(encoding="utf-8"))
    kind = KINDS.get(name, "dense")
    tokens = token_count(model, all_texts, 256 if kind == "dense" else 512)
    programs = []
    before = [BEFORE[ours] for ours in options.ours] if options.before else []
    peers = [peer for peer in options.peers if kind == "dense" or peer.startswith("torch")]
    levels = [f"{program}@{level}" for level in options.levels
              for program in options.ours + [peer for peer in peers if peer.startswith("openvino")]]
    for program in options.ours + before + peers + levels:
        print(f"{name}: {program} …", file=sys.stderr)
        programs.append(Program(program, kind, model, options, file, work))
    for _ in range(options.turns):
        for program in programs:
            program.turn(REPETITIONS.get(name, 1))
    reference = next((p for p in programs if p.name == REFERENCE), programs[0])
    expected = reference.embeddings.reshape(len(all_texts), -1)
    rows = []
    for program in programs:
        found = program.embeddings.reshape(len(all_texts), -1)
        # Scores are single numbers, so they are compared all together.
        left, right = (found.T, expected.T) if kind == "pairs" else (found, expected)
        lengths = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
        cosines = (left * right).sum(axis=1) / lengths
        rows.append({
            "program": program.name, "seconds": min(program.times), "tokens_per_second": tokens / min(program.times),
            "texts_per_second": len(all_texts) / min(program.times), "peak_memory_MiB": program.peak_memory(),
            "smallest_cosine": float(cosines.min()), "mean_cosine": float(cosines.mean()), "largest_difference": float(np.abs(found - expected).max()),
        })
        program.close()
    return {"set": name, "texts": len(all_texts), "tokens": tokens, "rows": rows}


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor()


def machine(options):
    info = subprocess.run([options.command, "info", "--model", options.model, "--json"], capture_output=True, text=True)
    kernels = json.loads(info.stdout).get("kernels") if info.returncode == 0 else None
    return {"processor": processor(), "system": platform.platform(), "threads": options.threads, "kernels": kernels,
            "date": date.today().isoformat(), "turns": options.turns}


def table(results):
    lines = []
    for result in results["sets"]:
        rows = {row["program"]: row for row in result["rows"]}
        lines += [f"### {result['set']}: {result['texts']:,} texts, {result['tokens']:,} tokens", "",
                  "| program | tokens/s | ms a text | peak MiB | smallest cosine | mean cosine |",
                  "| --- | ---: | ---: | ---: | ---: | ---: |"]
        for row in result["rows"]:
            lines.append(
                f"| {row['program']} | {row['tokens_per_second']:,.0f} | {1000 / row['texts_per_second']:.2f} | "
                f"{row['peak_memory_MiB']} | {row['smallest_cosine']:.6f} | {row['mean_cosine']:.6f} |")
        lines += ["", "| ours | against | times as fast |", "| --- | --- | ---: |"]
        levels = sorted({program.partition("@")[2] for program in rows})
        for ours, peer in [*(OTHER_RATIOS if result["set"] in KINDS else RATIOS), *BEFORE.items()]:
            for level in levels:
                ours_there = f"{ours}@{level}" if level else ours
                # A peer that cannot be held to a level is compared as it is.
                peer_there = f"{peer}@{level}" if f"{peer}@{level}" in rows else peer
                if ours_there in rows and peer_there in rows:
                    ratio = rows[peer_there]["seconds"] / rows[ours_there]["seconds"]
                    lines.append(f"| {ours_there} | {peer_there} | {ratio:.2f} |")
        lines.append("")
    seconds = {result["set"]: {row["program"]: row["seconds"] for row in result["rows"]} for result in results["sets"]}
    if {"duplicates", "distinct"} <= seconds.keys():
        lines += ["### The same corpus with 30 % duplicates against none", "", "| program | times as fast |", "| --- | ---: |"]
        lines += [f"| {program} | {distinct / seconds['duplicates'][program]:.2f} |"
                  for program, distinct in seconds["distinct"].items()] + [""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--worker", required=True)
    parser.add_argument("--before")
    parser.add_argument("--command", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--ours", nargs="*", default=OURS, choices=OURS)
    parser.add_argument("--peers", nargs="*", default=PEERS, choices=PEERS)
    parser.add_argument("--sets", nargs="*", default=["short", "paragraphs", "mixed", "query", "pairs", "splade", "splade-long",
                                                           "instructed", "duplicates", "distinct"])
    parser.add_argument("--levels", nargs="*", default=[], choices=OPENVINO_LEVELS)
    parser.add_argument("--results", type=Path, default=HERE.parent / "results")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        sets = texts.write(work)
        folders = {name: options.model for name in options.sets}
        if any(name in KINDS for name in options.sets):
            print("making models of other kinds …", file=sys.stderr)
            kinds = {KINDS[name] for name in options.sets if name in KINDS}
            made = models.write(work / "models", options.model, texts.sentences(), kinds)
            folders |= {name: made[kind] for name, kind in KINDS.items() if kind in made}
        if any(not peer.startswith("torch") for peer in options.peers) and set(options.sets) - set(KINDS):
            print("exporting the model for ONNX Runtime and OpenVINO …", file=sys.stderr)
            export.export(str(options.model), work)
            if any("openvino-int8" in peer for peer in options.peers):
                # Texts that no set has.
                export.quantize(str(options.model), work, texts.sentences()[8000:8300])
        results = {"machine": machine(options), "sets": [
            measure(options, name, sets[name], folders[name], work) for name in options.sets]}
    described = results["machine"]
    text = (f"# all-MiniLM-L6-v2 on {described['processor']}\n\nThe set `pairs` is for a cross-encoder of the size of "
            f"stsb-distilroberta-base, `splade` and `splade-long` for a sparse encoder of the size of BERT-base, "
            f"`instructed` for a decoder with 12 of the layers of Qwen3-Embedding-0.6B, all with random weights; tokens of "
            f"pairs and of documents.\n\n{described['threads']} threads, best of "
            f"{described['turns']} turns, kernels {described['kernels']}, {described['date']}. "
            f"Made by `make benchmark`.\n\n{table(results)}")
    options.results.mkdir(exist_ok=True)
    (options.results / "comparison.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    (options.results / "comparison.md").write_text(text, encoding="utf-8")
    (options.results / "comparison.svg").write_text(chart.draw(results), encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
