# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Compares MaxSimWorker with the reference's maxsim in PyTorch: the same vectors, the same number of threads, in turns.

    python compare.py PATH/OF/MaxSimWorker [--queries 32] [--documents 10000] [--threads 2] [--turns 3]

Queries have 32 vectors and documents from 60 to 300, 180 on average, of 128 dimensions and unit length; with --even all
have 180. Prints the best time of each, their ratio, how much memory each needs beside the embeddings, and the largest
relative difference of a score; fails if that is not below 1e-5.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from sentence_transformers.util import maxsim

DIMENSIONS = 128


def vectors(counts: np.ndarray, random: np.random.Generator) -> list[np.ndarray]:
    rows = random.standard_normal((counts.sum(), DIMENSIONS), dtype=np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return np.split(rows, np.cumsum(counts)[:-1])


def store(folder: Path, name: str, embeddings: list[np.ndarray]) -> str:
    files = folder / f"{name}.f32", folder / f"{name}.i32"
    with files[0].open("wb") as file:
        for rows in embeddings:
            rows.tofile(file)
    np.array([len(rows) for rows in embeddings], dtype=np.int32).tofile(files[1])
    return f"{files[0]}:{files[1]}"


def peak(process: int | str = "self") -> float:
    """The most memory that a process has had, in MB."""
    status = Path(f"/proc/{process}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024


def resident() -> float:
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("worker")
    parser.add_argument("--queries", type=int, default=32)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--even", action="store_true")
    options = parser.parse_args()
    random = np.random.default_rng(1)
    queries = vectors(np.full(options.queries, 32), random)
    lengths = np.full(options.documents, 180) if options.even else random.integers(60, 301, options.documents)
    documents = vectors(lengths, random)
    size = sum(rows.nbytes for rows in queries + documents) / 2**20
    torch.set_num_threads(options.threads)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        files = [store(folder, "queries", queries), store(folder, "documents", documents)]
        a, b = [torch.from_numpy(rows) for rows in queries], [torch.from_numpy(rows) for rows in documents]
        worker = subprocess.Popen(
            [options.worker, *files, str(DIMENSIONS), str(options.threads), str(folder / "scores.f32")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert worker.stdout.readline() == "ready\n"
        before = resident()
        ours, theirs = [], []
        for _ in range(options.turns):
            start = time.perf_counter()
            expected = maxsim(a, b)
            theirs.append(time.perf_counter() - start)
            worker.stdin.write("\n")
            worker.stdin.flush()
            ours.append(float(worker.stdout.readline()))
        memory = peak(worker.pid)
        worker.stdin.close()
        worker.wait()
        found = np.fromfile(folder / "scores.f32", dtype=np.float32).reshape(expected.shape)
    difference = float(np.max(np.abs(found - expected.numpy()) / np.abs(expected.numpy()).clip(1e-30)))
    products = 2 * 32 * options.queries * int(lengths.sum()) * DIMENSIONS / 1e9
    print(f"{options.queries} queries, {options.documents} documents, {options.threads} threads, embeddings {size:.0f} MB")
    print(f"reference   {min(theirs):8.3f} s  {products / min(theirs):6.0f} GFLOP/s  {peak() - before:6.0f} MB more memory")
    print(f"this        {min(ours):8.3f} s  {products / min(ours):6.0f} GFLOP/s  {memory - size:6.0f} MB more memory, "
          "the program included")
    print(f"ratio       {min(theirs) / min(ours):8.2f}")
    print(f"largest relative difference {difference:.1e}")
    return 0 if difference < 1e-5 else 1


if __name__ == "__main__":
    sys.exit(main())
