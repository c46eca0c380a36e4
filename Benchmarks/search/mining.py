# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Compares mining and clustering with the reference, faiss and scikit-learn: the same vectors and threads, in turns.

    python mining.py PATH/OF/MiningBenchmark [--scale 1] [--threads 2] [--turns 3] [--only NAME] [--rows N] [--clusters K]
        [--alone] [--batches N] [--output FOLDER]

The vectors have 384 dimensions and lie around centres, a hundred to each. Sizes are such that a case takes seconds; `--scale
80` makes them 80 times larger (960,000 rows for communities), and `--only kmeans --rows 1000000 --clusters 1000` sets those of
one case; `--alone` leaves the others out. `--batches N` gives the reference only N of its equal batches of communities or
paraphrases, and counts as many times that as there are batches, since all would take hours for a million rows. Prints the best time of each,
their ratio, the largest memory of ours with the vectors, and a number that says what each found; fails if these differ where
both do the same.
"""

import argparse
import inspect
import itertools
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
import sklearn
import torch
from sentence_transformers import util
from sklearn.cluster import HDBSCAN, AgglomerativeClustering

DIMENSIONS, GROUP = 384, 100


def vectors(rows: int) -> np.ndarray:
    random = np.random.default_rng(1)
    centers = random.standard_normal((max(1, rows // GROUP), DIMENSIONS), dtype=np.float32)
    out = np.empty((rows, DIMENSIONS), dtype=np.float32)
    for first in range(0, rows, 100_000):
        count = min(100_000, rows - first)
        spread = random.uniform(0.2, 0.9, (count, 1)).astype(np.float32)
        out[first:first + count] = centers[random.integers(0, len(centers), count)]
        out[first:first + count] += spread * random.standard_normal((count, DIMENSIONS), dtype=np.float32)
    return out


def communities(rows: np.ndarray, *_: int) -> float:
    return sum(map(len, util.community_detection(torch.from_numpy(rows), threshold=0.75, min_community_size=10)))


def seconds_of_communities(rows: np.ndarray, batches: int) -> float:
    """How long the reference would take for all its batches, from the first few; what follows them is not counted."""
    module, found = inspect.getmodule(util.community_detection), {}
    progress = module.tqdm

    def some(all_batches, **_):
        found["share"] = min(1, batches / len(all_batches))
        start = time.perf_counter()
        yield from itertools.islice(all_batches, batches)
        found["seconds"] = time.perf_counter() - start

    module.tqdm = some
    try:
        communities(rows)
    finally:
        module.tqdm = progress
    return found["seconds"] / found["share"]


def seconds_of_paraphrases(rows: np.ndarray, batches: int) -> float:
    """How long the reference would take for all its queries, from the first few batches of them."""
    size, corpus_size = 5000, 100_000
    parts = -(-len(rows) // corpus_size)
    calls, start = 0, time.perf_counter()

    class Enough(Exception):
        pass

    def score(queries, corpus):
        nonlocal calls
        if calls == batches * parts:
            raise Enough
        calls += 1
        return util.cos_sim(queries, corpus)

    try:
        util.paraphrase_mining_embeddings(torch.from_numpy(rows), size, corpus_size, score_function=score)
    except Enough:
        pass
    return (time.perf_counter() - start) / calls * parts * -(-len(rows) // size)


SECONDS_OF_ALL = {"communities": seconds_of_communities, "paraphrases": seconds_of_paraphrases}


def paraphrases(rows: np.ndarray, *_: int) -> float:
    return sum(score for score, _, _ in util.paraphrase_mining_embeddings(torch.from_numpy(rows)))


def bitext(rows: np.ndarray, *_: int) -> float:
    """The recipe of the reference's example: neighbours by faiss, margins by ratio, each sentence in one pair."""
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    half, k = len(unit) // 2, 4
    sides, found = (unit[:half], unit[half:half * 2]), []
    for queries, corpus in (sides, sides[::-1]):
        index = faiss.IndexFlatIP(DIMENSIONS)
        index.add(corpus)
        found.append(index.search(queries, k))
    means = [scores.mean(axis=1) for scores, _ in found]
    pairs = []
    for side, (scores, neighbours) in enumerate(found):
        margins = scores / ((means[side][:, None] + means[1 - side][neighbours]) / 2)
        best = margins.argmax(axis=1)
        for row, place in enumerate(best):
            pair = (row, neighbours[row, place]) if side == 0 else (neighbours[row, place], row)
            pairs.append((margins[row, place], *pair))
    used, count = (set(), set()), 0
    for _, first, second in sorted(pairs, key=lambda pair: -pair[0]):
        if first not in used[0] and second not in used[1]:
            used[0].add(first), used[1].add(second)
            count += 1
    return count


def kmeans(rows: np.ndarray, count: int, rounds: int) -> float:
    """As many rounds as ours took until nothing changed, at most 10, and the assignment."""
    model = faiss.Kmeans(DIMENSIONS, count, niter=rounds, seed=1, max_points_per_centroid=1 << 30, min_points_per_centroid=1)
    model.train(rows)
    return float(model.index.search(rows, 1)[0].sum(dtype=np.float64))


def agglomerative(rows: np.ndarray, *_: int) -> float:
    model = AgglomerativeClustering(None, metric="cosine", linkage="average", distance_threshold=0.4)
    return int(model.fit(rows).labels_.max())


def ward(rows: np.ndarray, *_: int) -> float:
    return int(AgglomerativeClustering(100).fit(rows).labels_.max())


def density(rows: np.ndarray, *_: int) -> float:
    return int((HDBSCAN(min_cluster_size=10, copy=True).fit(rows).labels_ >= 0).sum())


# What, rows, argument, how the other does it, whose it is, and by what share the two numbers may differ.
CASES = [
    ("communities", 12_000, 0, communities, "reference", 1e-3), ("paraphrases", 8000, 0, paraphrases, "reference", 1e-4),
    ("bitext", 20_000, 0, bitext, "faiss", 1e-3), ("kmeans", 40_000, 400, kmeans, "faiss", 0.02),
    ("agglomerative", 3000, 0, agglomerative, "scikit-learn", 1e-2), ("ward", 3000, 0, ward, "scikit-learn", 0),
    ("density", 2000, 0, density, "scikit-learn", 1e-2), ("duplicates", 20_000, 0, None, "", 0),
    ("connected", 20_000, 0, None, "", 0),
]


def peak_memory(process: int) -> int | None:
    """The largest memory that a process has had so far, in MiB; known on Linux."""
    file = Path(f"/proc/{process}/status")
    lines = file.read_text().splitlines() if file.exists() else []
    return next((int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")), None)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("worker")
    parser.add_argument("--scale", type=float, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=2)
    parser.add_argument("--only", default="")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--clusters", type=int)
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--batches", type=int)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    cases = [(name, options.rows or int(rows * options.scale), options.clusters or int(argument * options.scale), *rest)
             for name, rows, argument, *rest in CASES if options.only in name]
    corpus = vectors(max(case[1] for case in cases))
    faiss.omp_set_num_threads(options.threads)
    torch.set_num_threads(options.threads)
    results, failed = [], False
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.f32"
        corpus.tofile(path)
        worker = subprocess.Popen([options.worker, str(path), str(DIMENSIONS)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        assert worker.stdout.readline() == "ready\n"
        for name, rows, argument, other, owner, tolerance in cases:
            other = None if options.alone or options.batches else other
            times, found = [[], []], [0.0, 0.0]
            for _ in range(options.turns):
                worker.stdin.write(f"{name} {rows} {options.threads} {argument}\n")
                worker.stdin.flush()
                seconds, found[0], rounds = map(float, worker.stdout.readline().split())
                times[0].append(seconds)
                if other:
                    start = time.perf_counter()
                    found[1] = float(other(corpus[:rows], argument, int(rounds)))
                    times[1].append(time.perf_counter() - start)
            result = {"case": name, "rows": rows, "seconds": min(times[0]), "found": found[0],
                      "peak_MiB": peak_memory(worker.pid)}
            if other:
                result |= {"other": owner, "other_seconds": min(times[1]), "other_found": found[1],
                           "ratio": min(times[1]) / min(times[0])}
                # k-means begins at random; its objective must not be worse.
                difference = found[0] - found[1] if name == "kmeans" else abs(found[0] - found[1])
                failed |= difference > tolerance * abs(found[1])
            elif options.batches and name in SECONDS_OF_ALL:
                seconds = SECONDS_OF_ALL[name](corpus[:rows], options.batches)
                result |= {"other_batches": options.batches, "other_seconds": seconds, "ratio": seconds / min(times[0])}
            if name == "kmeans":
                result["rounds"] = int(rounds)
            results.append(result)
            print(json.dumps(result), flush=True)
        worker.stdin.close()
        worker.wait()
    if options.output:
        write(options, results)
    return 1 if failed else 0


def write(options: argparse.Namespace, results: list[dict]) -> None:
    processor = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                      if line.startswith("model name")), platform.processor())
    machine = f"{processor}, {len(os.sched_getaffinity(0))} processors"
    versions = {"faiss-cpu": faiss.__version__, "scikit-learn": sklearn.__version__, "torch": torch.__version__}
    (options.output / "mining.json").write_text(json.dumps(
        {"machine": machine, "dimensions": DIMENSIONS, "threads": options.threads, "versions": versions,
         "results": results}, indent=2) + "\n")
    lines = [
        f"Vectors of {DIMENSIONS} dimensions, {options.threads} threads; {machine}; "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + f". The best of {options.turns} alternating turns.", "",
        "| what | rows | s | compared with | s | ratio |", "| --- | ---: | ---: | --- | ---: | ---: |",
        *[f"| {r['case']} | {r['rows']:,} | {r['seconds']:.2f} | "
          + (f"{r.get('other', 'reference, in part')} | {r['other_seconds']:.2f} | {r['ratio']:.1f} |" if "ratio" in r else "- | - | - |")
          for r in results]]
    (options.output / "mining.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
