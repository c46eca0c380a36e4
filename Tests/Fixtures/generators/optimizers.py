# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes optimizers/: the reference's schedules of the learning rate, and where its optimizers lead small parameters."""

import json
from pathlib import Path

import torch
from transformers import get_scheduler
from transformers.optimization import Adafactor

SCHEDULES = ["linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup", "inverse_sqrt"]
RATE, DECAY, TOTAL, STEPS = 0.02, 0.1, 20, 4
SHAPES = [[3, 4], [5], [2, 3, 4]]


def schedule(name: str, warmup: int) -> list[float]:
    """The factors of the learning rate, also for some steps past the end."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)
    scheduler = get_scheduler(name, optimizer, num_warmup_steps=warmup, num_training_steps=TOTAL)
    factors = []
    for _ in range(TOTAL + 4):
        factors.append(scheduler.get_last_lr()[0] / RATE)
        optimizer.step()
        scheduler.step()
    return factors


# As the reference's trainer makes them.
OPTIMIZERS = {
    "adamw": lambda parameters: torch.optim.AdamW(parameters, lr=RATE, weight_decay=DECAY),
    "sgd": lambda parameters: torch.optim.SGD(parameters, lr=RATE, weight_decay=DECAY),
    "adafactor": lambda parameters: Adafactor(
        parameters, lr=RATE, weight_decay=DECAY, scale_parameter=False, relative_step=False),
}


def generate(root: Path) -> None:
    random = torch.Generator().manual_seed(14)
    start = [torch.randn(shape, generator=random) for shape in SHAPES]
    # Small and large, so that clipped and unclipped updates are among them.
    gradients = [[scale * torch.randn(shape, generator=random) for shape in SHAPES] for scale in [1e-3, 1, 30, 0.1]]
    after = {}
    for name, make in OPTIMIZERS.items():
        parameters = [torch.nn.Parameter(value.clone()) for value in start]
        optimizer = make(parameters)
        for step in gradients:
            for parameter, gradient in zip(parameters, step, strict=True):
                parameter.grad = gradient.clone()
            optimizer.step()
        after[name] = [parameter.detach().flatten().tolist() for parameter in parameters]
    target = root / "optimizers"
    target.mkdir(exist_ok=True)
    (target / "expected.json").write_text(json.dumps({
        "rate": RATE, "decay": DECAY, "total": TOTAL, "shapes": SHAPES,
        "start": [value.flatten().tolist() for value in start],
        "gradients": [[value.flatten().tolist() for value in step] for step in gradients],
        "after": after,
        "schedules": [{"name": name, "warmup": warmup, "factors": schedule(name, warmup)}
                      for name in SCHEDULES for warmup in [0, 6]],
    }) + "\n", encoding="utf-8")
