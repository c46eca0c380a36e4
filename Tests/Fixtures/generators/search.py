# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes search/: embeddings, and what the reference's exact and quantized searches find among them."""

import json
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import util
from sentence_transformers.util.quantization import quantize_embeddings, semantic_search_faiss, semantic_search_usearch

ROWS, QUERIES, DIMENSIONS = 70, 6, 20


def number(x: float) -> float:
    return float(f"{x:.9g}")


def listed(results: list) -> list:
    return [[[hit["corpus_id"], number(hit["score"])] for hit in hits] for hits in results]


def generate(root: Path) -> None:
    random = np.random.default_rng(7)
    corpus = random.standard_normal((ROWS, DIMENSIONS)).astype(np.float32)
    corpus *= random.uniform(0.5, 2, (ROWS, 1)).astype(np.float32)
    corpus[11] = 0
    queries = random.standard_normal((QUERIES, DIMENSIONS)).astype(np.float32)
    ranges = np.vstack((corpus.min(axis=0), corpus.max(axis=0)))
    functions = {
        "cosine": util.cos_sim, "dot": util.dot_score, "euclidean": util.euclidean_sim,
        "manhattan": util.manhattan_sim,
    }
    searches = {
        name: listed(util.semantic_search(torch.tensor(queries), torch.tensor(corpus), top_k=12, query_chunk_size=4,
                                          corpus_chunk_size=25, score_function=function))
        for name, function in functions.items()
    }
    # All rows are candidates of the rescoring: which of several equally distant ones are is up to the library.
    quantized = {}
    for precision, search in [("uint8", semantic_search_faiss), ("ubinary", semantic_search_faiss),
                              ("int8", semantic_search_usearch), ("binary", semantic_search_usearch)]:
        codes = quantize_embeddings(corpus, precision=precision, ranges=ranges)
        keywords = {"corpus_embeddings": codes, "corpus_precision": precision, "ranges": ranges}
        quantized[f"{precision}.rescored"] = listed(
            search(queries, top_k=9, rescore=True, rescore_multiplier=10, **keywords)[0])
        quantized[f"{precision}.plain"] = listed(search(queries, top_k=9, rescore=False, **keywords)[0])
    out = {
        "corpus": [[number(x) for x in row] for row in corpus],
        "queries": [[number(x) for x in row] for row in queries],
        "searches": searches,
        "quantized": quantized,
    }
    folder = root / "search"
    folder.mkdir(exist_ok=True)
    (folder / "expected.json").write_text(json.dumps(out, separators=(",", ":")) + "\n", encoding="utf-8")
