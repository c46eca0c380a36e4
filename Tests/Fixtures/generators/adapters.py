# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes adapters/: LoRA adapters of fixtures as the reference and PEFT save them, what models compute with them, and their
gradients.

Each folder has an adapter; the base that its configuration names is a folder of the fixtures. `expected.safetensors` has
the results (embeddings or scores) under `<folder>.results`, and the slopes of the sum of the results times sin(0), sin(1),
… under `<folder>.<name in the adapter's file>`, computed in float64.
"""

import json
import shutil
from pathlib import Path

import torch
from peft import LoraConfig
from safetensors.torch import load_file, save_file
from sentence_transformers import CrossEncoder, SentenceTransformer, SparseEncoder

from . import models
from .training import load, scores, sentence_embeddings

DENSE, SPARSE, RERANKER = (
    (SentenceTransformer, sentence_embeddings), (SparseEncoder, sentence_embeddings), (CrossEncoder, scores))
CASES = {
    "standard": ("models/mean", DENSE, {"r": 4, "lora_alpha": 8, "lora_dropout": 0.1}),
    "all_linear": ("models/mean", DENSE, {"r": 3, "lora_alpha": 5, "target_modules": "all-linear"}),
    "patterns": ("architectures/modernbert", DENSE, {
        "r": 4, "lora_alpha": 6, "use_rslora": True, "target_modules": r".*\.(Wqkv|Wi|Wo)",
        "rank_pattern": {r"layers\.0\.attn\.Wqkv": 2}, "alpha_pattern": {r"layers\.1\.mlp\.Wi": 16}}),
    "distances": ("architectures/deberta_v2", DENSE, {"r": 2, "target_modules": ["query_proj", "key_proj", "dense"]}),
    "t5": ("architectures/t5", DENSE, {"r": 2}),
    "decoder": ("architectures/qwen3", DENSE, {"r": 2, "target_modules": ["q_proj", "up_proj", "down_proj"]}),
    "sparse": ("sparse/bert", SPARSE, {"r": 2, "target_modules": ["query", "value", "output.dense"]}),
    "reranker": ("cross_encoders/bert", RERANKER, {"r": 2, "modules_to_save": ["classifier"]}),
    "reranker_dense": ("cross_encoders/roberta", RERANKER, {"r": 2, "target_modules": ["query", "classifier.dense"]}),
}


def saved(root: Path, folder: Path, base: str, model) -> None:
    """Saves the adapter's own files, with a base that does not depend on where the fixtures are."""
    scratch = folder.with_suffix(".saved")
    model.save_pretrained(str(scratch))
    folder.mkdir(parents=True)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        shutil.copy(scratch / name, folder / name)
    shutil.rmtree(scratch)
    config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = base
    if isinstance(config["target_modules"], list):
        config["target_modules"].sort()
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def generate(root: Path) -> None:
    target = root / "adapters"
    shutil.rmtree(target, ignore_errors=True)
    expected = {}
    for name, (base, (kind, results), options) in CASES.items():
        torch.manual_seed(len(name))
        model = load(root / base, kind)
        # Random numbers in both matrices, so that the adapter changes something.
        model.add_adapter(LoraConfig(init_lora_weights=False, **options))
        transformer = model[0].model
        for key, parameter in transformer.named_parameters():
            if "modules_to_save" in key:
                parameter.data += 0.1 * torch.randn_like(parameter)
            elif "lora_" in key:
                parameter.data *= 0.5
        saved(root, target / name, base, model)
        # In training the reference computes logarithms beside their arguments.
        model.train()
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
            # T5's attention has a number instead of a module.
            if isinstance(getattr(module, "dropout", None), float):
                module.dropout = 0.0
        found = results(model)
        weights = torch.arange(found.numel(), dtype=torch.float64).sin().reshape(found.shape)
        (found * weights).sum().backward()
        expected[f"{name}.results"] = found.detach().float()
        stored = load_file(target / name / "adapter_model.safetensors")
        for key, parameter in transformer.named_parameters():
            plain = "base_model.model." + key.replace(".default", "").replace(".modules_to_save", "")
            # The pooler of BERT gets a pair that nothing uses.
            if plain in stored and parameter.grad is not None:
                expected[f"{name}.{plain}"] = parameter.grad.float()
        save_file({key: value.float() for key, value in stored.items()}, target / name / "adapter_model.safetensors")
    save_file(expected, target / "expected.safetensors")
