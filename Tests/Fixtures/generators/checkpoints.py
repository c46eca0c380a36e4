# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes checkpoints/python.safetensors with the Python safetensors package, for SentenceCheckpointsTests."""

from pathlib import Path

import torch
from safetensors.torch import save_file

ELEMENT_TYPES = {
    "float64": torch.float64,
    "float32": torch.float32,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "int64": torch.int64,
    "int32": torch.int32,
    "int16": torch.int16,
    "int8": torch.int8,
    "uint64": torch.uint64,
    "uint32": torch.uint32,
    "uint16": torch.uint16,
    "uint8": torch.uint8,
    "bool": torch.bool,
}


def generate(root: Path) -> None:
    tensors = {f"b.{name}": torch.tensor([[0, 1, 2], [3, 4, 5]]).to(type) for name, type in ELEMENT_TYPES.items()}
    tensors |= {f"a.{name}": torch.tensor([1, 0]).to(type) for name, type in ELEMENT_TYPES.items()}
    tensors["empty"] = torch.zeros(0, 4)
    tensors["scalar"] = torch.tensor(1.5)
    tensors['größe "1"\n'] = torch.tensor([2.5])
    folder = root / "checkpoints"
    folder.mkdir(exist_ok=True)
    path = folder / "python.safetensors"
    # One key only: the package writes several in an order that changes from run to run.
    save_file(tensors, path, metadata={"note": "a\u00e4\n"})
    path.chmod(0o644)
