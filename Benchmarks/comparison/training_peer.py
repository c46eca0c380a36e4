# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The reference in training: takes so many steps for every line on standard input, and answers with the seconds.

    python training_peer.py PRECISION MODEL PAIRS.json THREADS BATCH SET

As the reference's trainer does it, without what that spends on logging: a loss of the model's kind, AdamW, gradients
clipped to a norm of 1. bfloat16 is autocast over float32 parameters.
"""

import json
import sys
import time

import torch
from sentence_transformers import CrossEncoder, MultiVectorEncoder, SentenceTransformer, SparseEncoder
from sentence_transformers.cross_encoder.losses import BinaryCrossEntropyLoss
from sentence_transformers.multi_vector_encoder.losses import MultiVectorMultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sparse_encoder.losses import SparseMultipleNegativesRankingLoss, SpladeLoss


def splade(model):
    return SpladeLoss(model, SparseMultipleNegativesRankingLoss(model), 3e-5, 5e-5)


KINDS = {"reranker": (CrossEncoder, BinaryCrossEntropyLoss), "splade": (SparseEncoder, splade),
         "colbert": (MultiVectorEncoder, MultiVectorMultipleNegativesRankingLoss)}


def total(value):
    """Some losses have parts."""
    return sum(value.values()) if isinstance(value, dict) else value


def main(precision, folder, file, threads, size, name):
    torch.set_num_threads(int(threads))
    with open(file, encoding="utf-8") as pairs_file:
        pairs = json.load(pairs_file)
    size = int(size)
    kind, loss_of = KINDS.get(name, (SentenceTransformer, MultipleNegativesRankingLoss))
    model = kind(folder, device="cpu")
    model.train()
    loss = loss_of(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, weight_decay=0.0)
    labels = torch.arange(size)
    print("ready", flush=True)
    first = 0
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            rows = [pairs[(first + index) % len(pairs)] for index in range(size)]
            first += size
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
                if name == "reranker":
                    # Its losses tokenize, and every second pair is a match.
                    value = loss([list(column) for column in zip(*rows)], torch.arange(first - size, first).float() % 2)
                elif name == "colbert":
                    value = total(loss([model.preprocess([row[column] for row in rows], task=task)
                                        for column, task in enumerate(["query", "document"])], labels))
                else:
                    value = total(loss([model.preprocess([row[column] for row in rows]) for column in range(2)], labels))
            value.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
