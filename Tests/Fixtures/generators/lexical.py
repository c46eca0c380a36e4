# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes lexical/: scores of words by bm25s, and what the reference finds among sparse vectors and fuses."""

import json
import random
import shutil
from pathlib import Path

import bm25s
import torch
from sentence_transformers import util

#: The variants of BM25 with numbers that are not the defaults too.
SETTINGS = [
    (method, k1, b, delta)
    for method in ["robertson", "lucene", "atire", "bm25l", "bm25+"]
    for k1, b, delta in [(1.5, 0.75, 0.5), (0.9, 0.4, 1.0), (2.0, 1.0, 0.0), (1.2, 0.0, 0.25)]
]


def bm25(generator: random.Random) -> dict:
    words = [f"w{number}" for number in range(40)]
    weights = [1 / (number + 1) for number in range(len(words))]
    documents = [generator.choices(words, weights, k=generator.randint(1, 30)) for _ in range(60)]
    queries = [generator.choices(words, k=generator.randint(1, 8)) for _ in range(6)] + [["w0", "w0", "w3"]]
    known = {word for document in documents for word in document}
    queries = [[word for word in query if word in known] for query in queries]
    cases = []
    for method, k1, b, delta in SETTINGS:
        index = bm25s.BM25(method=method, k1=k1, b=b, delta=delta)
        index.index(documents, show_progress=False)
        scores = [index.get_scores(query).tolist() for query in queries]
        cases.append({"method": method, "k1": k1, "b": b, "delta": delta, "scores": scores})
    return {
        "documents": [" ".join(document) for document in documents],
        "queries": [" ".join(query) for query in queries], "cases": cases}


def vectors(generator: random.Random, rows: int, columns: int, active: int) -> list[dict]:
    result = []
    for _ in range(rows):
        indices = sorted(generator.sample(range(columns), generator.randint(1, active)))
        result.append({"indices": indices, "values": [round(generator.uniform(0.1, 3), 3) for _ in indices]})
    return result


def tensor(rows: list[dict], columns: int) -> torch.Tensor:
    dense = torch.zeros(len(rows), columns)
    for row, vector in enumerate(rows):
        dense[row, vector["indices"]] = torch.tensor(vector["values"])
    return dense.to_sparse()


def sparse(generator: random.Random) -> dict:
    columns = 200
    corpus, queries = vectors(generator, 150, columns, 30), vectors(generator, 5, columns, 15)
    hits = util.semantic_search(
        tensor(queries, columns), tensor(corpus, columns), top_k=8, score_function=util.dot_score)
    return {"columns": columns, "corpus": corpus, "queries": queries, "hits": hits}


def fusion(generator: random.Random) -> dict:
    """The formula of ReciprocalRankFusionEvaluator, whose loop it copies, since no function has it alone."""
    dense, other = generator.sample(range(30), 12), generator.sample(range(30), 15)
    cases = []
    for k in [60, 1]:
        ranks = [{doc: rank for rank, doc in enumerate(docs, start=1)} for docs in (dense, other)]
        scores = {doc: sum(1 / (k + rank[doc]) for rank in ranks if doc in rank) for doc in {*dense, *other}}
        cases.append({"k": k, "scores": [[doc, scores[doc]] for doc in sorted(scores)]})
    return {"dense": dense, "sparse": other, "cases": cases}


def generate(root: Path) -> None:
    target = root / "lexical"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    generator = random.Random(17)
    for name, content in [("bm25", bm25(generator)), ("sparse", sparse(generator)), ("fusion", fusion(generator))]:
        (target / f"{name}.json").write_text(json.dumps(content) + "\n", encoding="utf-8")
