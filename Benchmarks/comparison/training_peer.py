# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""The reference in training: takes so many steps for every line on standard input, and answers with the seconds.

    python training_peer.py PRECISION MODEL PAIRS.json THREADS BATCH

As the reference's trainer does it, without what that spends on logging: MultipleNegativesRankingLoss, AdamW, gradients
clipped to a norm of 1. bfloat16 is autocast over float32 parameters.
"""

import json
import sys
import time

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss


def main(precision, folder, file, threads, size):
    torch.set_num_threads(int(threads))
    with open(file, encoding="utf-8") as pairs_file:
        pairs = json.load(pairs_file)
    size = int(size)
    model = SentenceTransformer(folder, device="cpu")
    model.train()
    loss = MultipleNegativesRankingLoss(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, weight_decay=0.0)
    labels = torch.arange(size)
    print("ready", flush=True)
    first = 0
    for line in sys.stdin:
        start = time.perf_counter()
        for _ in range(int(line)):
            rows = [pairs[(first + index) % len(pairs)] for index in range(size)]
            first += size
            columns = [model.preprocess([row[column] for row in rows]) for column in range(2)]
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
                value = loss(columns, labels)
            value.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
        print(time.perf_counter() - start, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
