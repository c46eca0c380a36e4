# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes checkpoints/ with the Python packages safetensors and torch, for SentenceCheckpointsTests."""

import zipfile
from collections import OrderedDict
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
    (folder / "pytorch").mkdir(exist_ok=True)
    torch.manual_seed(0)
    pickles(folder / "pytorch")


def pickles(folder: Path) -> None:
    """Files of torch.save in both of its formats, and python.safetensors with what must be read from them."""
    base = torch.arange(24, dtype=torch.float32)
    shared = base.reshape(4, 6)
    tensors = {name: torch.tensor([[0, 1, 2], [3, 4, 5]]).to(type) for name, type in ELEMENT_TYPES.items()}
    tensors |= {
        "empty": torch.zeros(0, 4),
        "scalar": torch.tensor(1.5),
        "rows": shared[1:3],
        "columns": shared[:, 1:4:2],
        "transposed": shared.t(),
        "permuted": base.reshape(2, 3, 4).permute(2, 0, 1),
        "repeated": torch.tensor([[1.0], [2.0]]).expand(2, 3),
        "parameter": torch.nn.Parameter(torch.tensor([1.0, 2.0])),
    }
    torch.save(OrderedDict(tensors), folder / "archive.bin")
    # The old format says no unsigned types beyond 8 bits.
    old = {name: tensor for name, tensor in tensors.items() if not name.startswith(("uint16", "uint32", "uint64"))}
    # It also calls storages by their addresses, so no run writes what another one wrote.
    if not (folder / "legacy.bin").exists():
        torch.save(old, folder / "legacy.bin", _use_new_zipfile_serialization=False)
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()},
              folder / "expected.safetensors")
    module = torch.nn.Linear(3, 2)
    with torch.no_grad():
        module.weight.copy_(base[:6].reshape(2, 3))
        module.bias.zero_()
    for protocol in (2, 3, 4, 5):
        torch.save(module.state_dict(), folder / f"protocol_{protocol}.bin", pickle_protocol=protocol)
    with zipfile.ZipFile(folder / "archive.bin") as source, zipfile.ZipFile(
            folder / "deflated.bin", "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    for path in folder.iterdir():
        path.chmod(0o644)
