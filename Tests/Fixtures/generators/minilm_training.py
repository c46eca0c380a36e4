# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes training_minilm/: thirty steps of the reference's trainer with the real all-MiniLM-L6-v2, without dropout."""

import json
import os
import random
import sys
import tempfile
from pathlib import Path

import torch
from datasets import Dataset
from safetensors.torch import save_file
from sentence_transformers import (SentenceTransformer, SentenceTransformerTrainer, SentenceTransformerTrainingArguments,
                                   losses)
from torch.utils.data import SequentialSampler
from transformers import TrainerCallback

STEPS, BATCH = 30, 16
COLOURS = ["red", "green", "blue", "yellow", "black", "white", "grey", "brown", "purple", "orange"]
THINGS = ["car", "house", "chair", "lamp", "boat", "bird", "door", "shirt", "stone", "flower", "book", "bridge"]
PLACES = ["in the garden", "near the river", "at the old station", "on the table", "behind the school",
          "under a large tree", "by the sea", "in a small village far away from here", "downtown"]


def pairs() -> list[tuple[str, str]]:
    """Questions and answers of very different length, no two of which are equal."""
    pick = random.Random(5)
    made = {}
    while len(made) < STEPS * BATCH:
        colour, thing, place = pick.choice(COLOURS), pick.choice(THINGS), pick.choice(PLACES)
        number = pick.randint(2, 900)
        question = f"Where is the {colour} {thing} number {number}?"
        # Many answers fit as well, so that the loss stays far above the rounding of its terms.
        answer = f"The {pick.choice([thing, 'thing'])} that you look for stands {place}."
        if pick.random() < 0.3:
            answer += f" It is {colour}, about {pick.randint(2, 90)} years old, and nobody knows who left it there."
        made[question] = answer
    return list(made.items())


class Sequential(SentenceTransformerTrainer):
    def get_batch_sampler(self, dataset, batch_size, drop_last, **kwargs):
        return torch.utils.data.BatchSampler(SequentialSampler(dataset), batch_size=batch_size, drop_last=drop_last)


class Log(TrainerCallback):
    def __init__(self):
        self.rows = []

    def on_log(self, args, state, control, logs=None, **kwargs):
        if "loss" in logs:
            self.rows.append({"step": state.global_step, "grad_norm": float(logs["grad_norm"]),
                              "learning_rate": float(logs["learning_rate"])})


def generate(root: Path) -> None:
    folder = os.environ.get("SENTENCE_TEST_MODEL")
    if not folder:
        sys.exit("minilm_training: set SENTENCE_TEST_MODEL to the folder of all-MiniLM-L6-v2 (make fixtures does)")
    target = root / "training_minilm"
    target.mkdir(exist_ok=True)
    model = SentenceTransformer(folder, device="cpu")
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    model[0].auto_model.config.attention_probs_dropout_prob = 0.0
    for module in model.modules():
        if hasattr(module, "dropout_prob"):
            module.dropout_prob = 0.0
        if hasattr(module, "attention_dropout"):
            module.attention_dropout = 0.0
    rows = pairs()
    data = Dataset.from_dict({"anchor": [a for a, _ in rows], "positive": [b for _, b in rows]})
    found = []

    class Recording(losses.MultipleNegativesRankingLoss):
        # The log of the trainer rounds to four digits.
        def forward(self, *arguments, **more):
            value = super().forward(*arguments, **more)
            found.append(float(value))
            return value

    log = Log()
    with tempfile.TemporaryDirectory() as output:
        arguments = SentenceTransformerTrainingArguments(
            output_dir=output, max_steps=STEPS, per_device_train_batch_size=BATCH, learning_rate=2e-5, warmup_steps=5,
            weight_decay=0.01, logging_steps=1, save_strategy="no", report_to=[], seed=7, use_cpu=True)
        Sequential(model=model, args=arguments, train_dataset=data, loss=Recording(model), callbacks=[log]).train()
    model.eval()
    for row, loss in zip(log.rows, found, strict=True):
        row["loss"] = loss
    (target / "expected.json").write_text(json.dumps(
        {"batch": BATCH, "pairs": rows, "log": log.rows}, indent=1) + "\n", encoding="utf-8")
    texts = [text for row in rows[:20] for text in row]
    save_file({"embeddings": model.encode(texts, convert_to_tensor=True)}, target / "expected.safetensors")
