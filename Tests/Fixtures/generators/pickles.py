# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""models/pickle: the fixture model "tail" with all its weights as PyTorch's pickles, those of the encoder in parts."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file
from sentence_transformers import SentenceTransformer


def generate(root: Path) -> None:
    source, target = root / "models" / "tail", root / "models" / "pickle"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    for file in target.rglob("model.safetensors"):
        if file.parent != target:
            torch.save(load_file(file), file.with_name("pytorch_model.bin"))
        file.unlink()
    weights = load_file(source / "model.safetensors")
    names = sorted(weights)
    shards = {"pytorch_model-00001-of-00002.bin": names[::2], "pytorch_model-00002-of-00002.bin": names[1::2]}
    for shard, members in shards.items():
        # A matrix whose columns stand one behind the other, as some conversions leave them.
        torch.save({name: weights[name].t().contiguous().t() if name.endswith("query.weight") else weights[name]
                    for name in members}, target / shard)
    index = {"metadata": {"total_size": sum(tensor.nbytes for tensor in weights.values())},
             "weight_map": {name: shard for shard, members in shards.items() for name in members}}
    (target / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")
    for path in target.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    texts = json.loads((root / "models" / "texts.json").read_text(encoding="utf-8"))["texts"]
    found = SentenceTransformer(str(target), device="cpu").encode(texts, batch_size=1, convert_to_tensor=True)
    expected = load_file(target / "expected.safetensors")["texts"]
    assert (found - expected).abs().max() <= 1e-6 * expected.abs().max().clamp(min=1), "the pickles are not the model"
