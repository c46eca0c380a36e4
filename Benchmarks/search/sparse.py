# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Compares SparseSearchBenchmark with other exact sparse searches: the same vectors or words, threads and turns.

    python sparse.py PATH/OF/SparseSearchBenchmark [--documents 200000] [--queries 64] [--threads 2] [--turns 5]
                     [--results FOLDER]

Vectors are like those of SPLADE models: a vocabulary of 30,522 whose use follows Zipf's law, about 120 tokens a document
and 30 a query, weights log(1 + x) with larger ones for rare tokens. Texts are of words drawn by Zipf's law, about 40 a
document and 5 a query. Peers: the reference's util.semantic_search on sparse tensors, a product of SciPy's compressed rows (on one
thread; it has no more) with the best of each row, and bm25s with its fastest backend that is installed.
Prints the time of a query for each, and ratios of the best turns; fails if scores of the best differ by 1e-4 or more.
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

import numpy as np
import scipy.sparse
import torch
from sentence_transformers import util

VOCABULARY = 30_522
TOP_K = 10


def zipf(random: np.random.Generator, rows: int, mean: int, shift: float) -> list[np.ndarray]:
    """For each row the distinct columns that it has."""
    share = 1 / (np.arange(VOCABULARY) + shift)
    cumulative = np.cumsum(share / share.sum())
    order = np.random.default_rng(7).permutation(VOCABULARY)
    counts = np.clip(random.normal(mean, mean / 4, rows), 1, None).astype(int)
    # Some are drawn more than once; as many more are drawn.
    drawn = np.minimum(np.searchsorted(cumulative, random.random((rows, int(counts.max() * 1.6)))), VOCABULARY - 1)
    return [np.sort(order[list(dict.fromkeys(row.tolist()))[:count]]) for row, count in zip(drawn, counts)]


def vectors(random: np.random.Generator, rows: int, mean: int, rarity: np.ndarray) -> tuple:
    columns = zipf(random, rows, mean, 10)
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in columns])]).astype(np.int64)
    indices = np.concatenate(columns).astype(np.int32)
    values = np.log1p(random.exponential(0.8, len(indices)) * rarity[indices]).astype(np.float32)
    return offsets, indices, values


def tensor(matrix: tuple) -> torch.Tensor:
    offsets, indices, values = matrix
    rows = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    places = torch.from_numpy(np.stack([rows, indices]).astype(np.int64))
    values = torch.from_numpy(values)
    return torch.sparse_coo_tensor(places, values, (len(offsets) - 1, VOCABULARY)).coalesce()


def store(folder: Path, name: str, matrix: tuple) -> str:
    for part, kind in zip(matrix, ["offsets.i64", "indices.i32", "values.f32"]):
        part.tofile(folder / f"{name}.{kind}")
    return str(folder / name)


class Worker:
    """The program, which searches once for every line that it is sent."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.build = float(self.process.stdout.readline())

    def __call__(self) -> float:
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return float(self.process.stdout.readline())

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def timed(body) -> float:
    start = time.perf_counter()
    body()
    return time.perf_counter() - start


def alternate(turns: int, bodies: dict) -> dict[str, float]:
    """The best seconds of each, in turns."""
    times = {name: [] for name in bodies}
    for _ in range(turns):
        for name, body in bodies.items():
            times[name].append(body())
    return {name: min(list) for name, list in times.items()}


def sparse(options, folder: Path) -> dict:
    random = np.random.default_rng(1)
    rarity = np.empty(VOCABULARY)
    rarity[np.random.default_rng(7).permutation(VOCABULARY)] = np.linspace(0.5, 3, VOCABULARY) ** 0.5
    corpus = vectors(random, options.documents, 120, rarity)
    queries = vectors(random, options.queries, 30, rarity)
    few = options.queries
    files = store(folder, "corpus", corpus), store(folder, "queries", queries)
    result = folder / "found.i32"
    worker = Worker(options.worker, "vectors", *files, str(VOCABULARY), str(TOP_K), str(options.threads), str(result))
    a, b = tensor(queries), tensor(corpus)
    hits = []
    left, right = [
        scipy.sparse.csr_matrix((values, indices, offsets), shape=(len(offsets) - 1, VOCABULARY))
        for offsets, indices, values in [queries, corpus]]
    right = right.T.tocsr()

    def product() -> None:
        for row in range(few):
            scores = (left[row] @ right).toarray()[0]
            best = np.argpartition(scores, -TOP_K)[-TOP_K:]
            best[np.argsort(-scores[best])]

    bodies = {
        "this": lambda: worker() / few,
        "reference": lambda: timed(
            lambda: hits.append(util.semantic_search(a, b, top_k=TOP_K, score_function=util.dot_score))) / few,
        "SciPy": lambda: timed(product) / few,
    }
    build = {"this": worker.build}
    times = alternate(options.turns, bodies)
    worker.close()
    found = np.fromfile(result, dtype=np.int32).reshape(-1, TOP_K)
    difference = 0.0
    for row in range(few):
        span = slice(queries[0][row], queries[0][row + 1])
        dense = np.zeros(VOCABULARY)
        dense[queries[1][span]] = queries[2][span]
        scores = [
            dense[corpus[1][corpus[0][hit]:corpus[0][hit + 1]]] @ corpus[2][corpus[0][hit]:corpus[0][hit + 1]]
            for hit in found[row]]
        expected = [hit["score"] for hit in hits[-1][row]]
        difference = max(difference, float(np.max(np.abs(np.array(scores) - expected) / np.abs(expected))))
    return {"seconds a query": times, "seconds to build": build, "largest relative difference": difference}


def words(options, folder: Path) -> dict | None:
    try:
        import bm25s
    except ImportError:
        return None
    random = np.random.default_rng(2)
    names = np.array(["".join(random.choice(list("abcdefghijklmnopqrstuvwxyz"), random.integers(3, 10))) for _ in range(60_000)])
    share = 1 / (np.arange(len(names)) + 3)
    cumulative = np.cumsum(share / share.sum())

    def texts(count: int, mean: int) -> list[list[str]]:
        counts = np.clip(random.poisson(mean, count), 1, None)
        drawn = names[np.minimum(np.searchsorted(cumulative, random.random(counts.sum())), len(names) - 1)]
        return [row.tolist() for row in np.split(drawn, np.cumsum(counts)[:-1])]

    corpus, queries = texts(options.documents, 40), texts(options.queries * 8, 5)
    files = folder / "corpus.txt", folder / "queries.txt"
    for file, rows in zip(files, [corpus, queries]):
        file.write_text("".join(" ".join(row) + "\n" for row in rows), encoding="utf-8")
    result = folder / "words.i32"
    worker = Worker(options.worker, "texts", *map(str, files), str(TOP_K), str(options.threads), str(result))
    try:
        import numba
        numba.set_num_threads(options.threads)
        backend = "numba"
    except ImportError:
        backend = "numpy"
    index = bm25s.BM25(method="lucene", k1=1.5, b=0.75, backend=backend)
    start = time.perf_counter()
    tokens = bm25s.tokenize([" ".join(row) for row in corpus], stopwords=[], show_progress=False, token_pattern=r"(?u)\b\w+\b")
    index.index(tokens, show_progress=False)
    build = time.perf_counter() - start
    plain = [" ".join(row) for row in queries]
    found = []

    def retrieve() -> None:
        query_tokens = bm25s.tokenize(plain, stopwords=[], show_progress=False, token_pattern=r"(?u)\b\w+\b", return_ids=False)
        found.append(index.retrieve(
            query_tokens, k=TOP_K, show_progress=False, n_threads=options.threads, backend_selection="auto"))

    retrieve()
    times = alternate(options.turns, {
        "this": lambda: worker() / len(queries), f"bm25s ({backend})": lambda: timed(retrieve) / len(queries)})
    worker.close()
    ours = np.fromfile(result, dtype=np.int32).reshape(-1, TOP_K)
    difference = 0.0
    for row in range(0, len(queries), 16):
        scores = index.get_scores(queries[row])
        best = np.sort(scores)[::-1][:TOP_K]
        hits = scores[ours[row][ours[row] >= 0]]
        difference = max(difference, float(np.max(np.abs(hits - best[: len(hits)]) / np.maximum(best[: len(hits)], 1e-9), initial=0)))
    return {
        "seconds a query": times, "seconds to build": {"this": worker.build, f"bm25s ({backend})": build},
        "largest relative difference": difference}


def report(results: dict, options) -> str:
    lines = [
        "# Sparse and lexical search", "",
        f"{options.documents:,} documents, top {TOP_K}, {options.threads} threads, best of {options.turns} turns; "
        "made by `make benchmark-sparse-search`.", "",
        "| search | program | ms a query | times as fast | s to build |", "| --- | --- | --- | --- | --- |"]
    for name, result in results.items():
        times = result["seconds a query"]
        for program, seconds in times.items():
            build = result["seconds to build"].get(program)
            lines.append(
                f"| {name} | {program} | {seconds * 1000:.3f} | {seconds / times['this']:.1f} | "
                f"{'' if build is None else f'{build:.2f}'} |")
    return "\n".join(lines + ["", "\"Times as fast\": how many times as fast this package is.", ""])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("worker")
    parser.add_argument("--documents", type=int, default=200_000)
    parser.add_argument("--queries", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--only", choices=["sparse", "words"])
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        if options.only != "words":
            results["sparse vectors"] = sparse(options, Path(folder))
        if options.only != "sparse" and (found := words(options, Path(folder))):
            results["BM25 of texts"] = found
    text = report(results, options)
    print(text)
    for name, result in results.items():
        print(f"{name}: largest relative difference {result['largest relative difference']:.1e}")
    if options.results:
        machine = {"processors": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
        (options.results / "search-sparse.json").write_text(
            json.dumps({"machine": machine, "threads": options.threads, "results": results}, indent=1) + "\n")
        (options.results / "search-sparse.md").write_text(text)
    return 0 if all(result["largest relative difference"] < 1e-4 for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
