# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Compares exact searches with those of faiss and usearch: the same vectors, the same number of threads, in turns.

    python compare.py PATH/OF/SearchWorker [--rows 1000000] [--threads 1] [--turns 5] [--output FOLDER]

The corpus has vectors of 384 dimensions and unit length. Prints the best time of each, their ratio, and how many of the
ten hits of the first query are the same; fails if hits differ where both compute the same scores. With --output, writes
search.json and search.md there.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import faiss
import numpy as np
import usearch
import usearch.index

DIMENSIONS, TOP_K, QUERIES = 384, 10, 64


def unit(rows: int, random: np.random.Generator) -> np.ndarray:
    out = np.empty((rows, DIMENSIONS), dtype=np.float32)
    for first in range(0, rows, 100_000):
        block = random.standard_normal((min(100_000, rows - first), DIMENSIONS), dtype=np.float32)
        out[first:first + len(block)] = block / np.linalg.norm(block, axis=1, keepdims=True)
    return out


def timed(body) -> tuple[float, list[int]]:
    start = time.perf_counter()
    hits = body()
    return time.perf_counter() - start, [int(index) for index in hits]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("worker")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--only", default="")
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    random = np.random.default_rng(1)
    corpus, queries = unit(options.rows, random), unit(QUERIES, random)
    bits, query_bits = np.packbits(corpus > 0, axis=1), np.packbits(queries > 0, axis=1)
    faiss.omp_set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "corpus.f32", Path(folder) / "queries.f32"]
        corpus.tofile(paths[0]), queries.tofile(paths[1])
        worker = subprocess.Popen([options.worker, *map(str, paths), str(DIMENSIONS), str(TOP_K)],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert worker.stdout.readline() == "ready\n"

        def ours(kind: str, count: int) -> tuple[float, list[int]]:
            worker.stdin.write(f"{kind} {count} {options.threads}\n")
            worker.stdin.flush()
            answer = worker.stdout.readline().split()
            return float(answer[0]), [int(index) for index in answer[1:]]

        flat, binary = faiss.IndexFlatIP(DIMENSIONS), faiss.IndexBinaryFlat(DIMENSIONS)
        flat.add(corpus), binary.add(bits)

        def usearch_exact(count: int):
            matches = usearch.index.search(corpus, queries[:count], TOP_K, usearch.index.MetricKind.IP, exact=True,
                                           threads=options.threads)
            return np.atleast_2d(matches.keys)[0]

        def usearch_bits(count: int):
            matches = usearch.index.search(bits, query_bits[:count], TOP_K, usearch.index.MetricKind.Hamming, exact=True,
                                           threads=options.threads)
            return np.atleast_2d(matches.keys)[0]

        # What, how many queries, our kind, the other, and whether both find the same.
        cases = [
            ("reading alone", 1, "float32", ("read", lambda: ours("read", 1)), False),
            ("matrix product alone", 64, "float32", ("product", lambda: ours("product", 64)), False),
            *[("faiss flat", n, "float32", ("faiss", lambda n=n: timed(lambda: flat.search(queries[:n], TOP_K)[1][0])), True)
              for n in (1, 8, 64)],
            *[("faiss binary flat", n, "ubinary",
               ("faiss", lambda n=n: timed(lambda: binary.search(query_bits[:n], TOP_K)[1][0])), False) for n in (1, 64)],
            *[("usearch exact", n, "float32", ("usearch", lambda n=n: timed(lambda: usearch_exact(n))), True)
              for n in (1, 64)],
            ("usearch exact, bits", 1, "ubinary", ("usearch", lambda: timed(lambda: usearch_bits(1))), False),
            ("float32 search", 1, "int8", ("float32", lambda: ours("float32", 1)), False),
            ("search without filter", 1, "filtered", ("float32", lambda: ours("float32", 1)), False),
            ("search in memory", 1, "file", ("float32", lambda: ours("float32", 1)), False),
        ]
        results, failed = [], False
        for name, count, kind, (_, other), is_same in cases:
            if options.only and options.only not in name:
                continue
            times, hits = [[], []], [[], []]
            for _ in range(options.turns):
                for side, body in enumerate([other, lambda: ours(kind, count)]):
                    seconds, hits[side] = body()
                    times[side].append(seconds)
            theirs, mine = min(times[0]), min(times[1])
            shared = len(set(hits[0]) & set(hits[1]))
            failed |= is_same and shared < TOP_K
            results.append({"other": name, "kind": kind, "queries": count, "seconds": mine, "other_seconds": theirs,
                            "ratio": theirs / mine})
            print(f"{kind:8} {count:3} queries {mine * 1e3:9.2f} ms   {name:22} {theirs * 1e3:9.2f} ms   "
                  f"ratio {theirs / mine:5.2f}" + (f"   same hits {shared} of {TOP_K}" if is_same else ""), flush=True)
        worker.stdin.close()
        worker.wait()
    if options.output:
        write(options, results)
    return 1 if failed else 0


def write(options: argparse.Namespace, results: list[dict]) -> None:
    processor = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                      if line.startswith("model name")), platform.processor())
    machine = f"{processor}, {len(os.sched_getaffinity(0))} processors"
    versions = {"faiss-cpu": faiss.__version__, "usearch": usearch.__version__}
    (options.output / "search.json").write_text(json.dumps(
        {"machine": machine, "rows": options.rows, "dimensions": DIMENSIONS, "top_k": TOP_K, "threads": options.threads,
         "versions": versions, "results": results}, indent=2) + "\n")
    lines = [
        f"{options.rows:,} vectors of {DIMENSIONS} dimensions, the best {TOP_K}, {options.threads} threads; {machine}; "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + ". The best of several alternating turns.", "",
        "| search | queries | ms | compared with | ms | ratio |", "| --- | ---: | ---: | --- | ---: | ---: |",
        *[f"| {r['kind']} | {r['queries']} | {r['seconds'] * 1e3:.1f} | {r['other']} | {r['other_seconds'] * 1e3:.1f} | "
          f"{r['ratio']:.2f} |" for r in results]]
    (options.output / "search.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
