# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes hard_negatives/expected.json: what the reference's mine_hard_negatives makes of some pairs, with many settings."""

import itertools
import json
import random
import shutil
from pathlib import Path

from datasets import Dataset
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers.util import mine_hard_negatives

MODEL, RERANKER = "models/mean", "cross_encoders/bert"
WORDS = ("many people live in berlin the man plays guitar it is sunny today eating pasta a result lovely weather outside he "
         "eats food search passage query stadium drove").split()


def pairs() -> tuple[list[str], list[str], list[str]]:
    """Queries, of which some have several positives or the same one twice, their positives, and a corpus."""
    draw = random.Random(8)

    def text(count: int) -> str:
        return " ".join(draw.choice(WORDS) for _ in range(count))

    queries = [text(4) + " ?" for _ in range(14)]
    rows = [(query, text(6)) for query in queries] + [(queries[i], text(5)) for i in (2, 5, 2)]
    rows += [rows[3], (queries[7], rows[1][1])]
    return [row[0] for row in rows], [row[1] for row in rows], [text(7) for _ in range(25)] + [rows[4][1], rows[0][1]]


def settings() -> list[dict]:
    limits = [{}, {"absolute_margin": 0.05}, {"relative_margin": 0.03}, {"max_score": 0.9}, {"min_score": 0.5},
              {"absolute_margin": 0.02, "relative_margin": 0.01, "max_score": 0.95, "min_score": 0.3}]
    ranges = [{}, {"range_min": 2}, {"range_max": 9}, {"range_min": 3, "range_max": 12, "num_negatives": 5}]
    found = [limit | some for limit, some in itertools.product(limits, ranges)]
    found += [{"output_format": form, "output_scores": scores} | some
              for form in ("triplet", "n-tuple", "labeled-pair", "labeled-list") for scores in (False, True)
              for some in ({}, {"absolute_margin": 0.03, "num_negatives": 2}, {"max_score": 0.92, "has_corpus": True})]
    found += [{"has_corpus": True} | limit for limit in limits]
    found += [{"include_positives": True, "num_negatives": 6}, {"include_positives": True, "has_corpus": True}]
    found += [{"cross_encoder": True, "output_scores": True} | limit | some for limit in (
        {}, {"absolute_margin": 0.001}, {"relative_margin": 0.002}, {"max_score": 0.5}, {"min_score": 0.1})
        for some in ({}, {"output_format": "labeled-list", "num_negatives": 2, "range_min": 1})]
    return found


def generate(root: Path) -> None:
    target = root / "hard_negatives"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    model = SentenceTransformer(str(root / MODEL), device="cpu", local_files_only=True)
    reranker = CrossEncoder(str(root / RERANKER), device="cpu", local_files_only=True)
    queries, positives, corpus = pairs()
    runs = []
    for options in settings():
        arguments = {key: value for key, value in options.items() if key not in ("has_corpus", "cross_encoder")}
        rows = mine_hard_negatives(
            Dataset.from_dict({"query": queries, "answer": positives}), model, verbose=False,
            corpus=list(corpus) if options.get("has_corpus") else None,
            cross_encoder=reranker if options.get("cross_encoder") else None, **arguments)
        runs.append({"options": options, "columns": rows.column_names, "rows": [list(row.values()) for row in rows]})
    (target / "expected.json").write_text(json.dumps({
        "model": MODEL, "reranker": RERANKER, "queries": queries, "positives": positives, "corpus": corpus, "runs": runs,
    }, indent=None) + "\n", encoding="utf-8")
