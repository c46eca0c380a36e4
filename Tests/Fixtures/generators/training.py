# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes training/: gradients of fixtures' parameters, and what ten steps of plain gradient descent make of four models.

Everything is computed in float64 and stored as float32, under the number of the module and the names that a saved model
has. A loss is the mean of the squares of the results less a target.
"""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import CrossEncoder, MultiVectorEncoder, SentenceTransformer, SparseEncoder

from . import models

STEPS = 10
QUERIES = 3


def sentence_embeddings(model) -> torch.Tensor:
    # One by one, since a convolution of the reference sees the padding behind a text.
    return torch.cat([model(model.preprocess([text]))["sentence_embedding"] for text in models.TEXTS])


def scores(model) -> torch.Tensor:
    return model(model.preprocess(models.PAIRS))["scores"]


def late_interaction(model) -> torch.Tensor:
    """MaxSim of the first texts with the others."""
    features = model(model.preprocess(models.TEXTS))
    vectors = [rows[mask.bool()] for rows, mask in zip(features["token_embeddings"], features["attention_mask"])]
    return torch.stack([
        torch.stack([(query @ document.T).max(1).values.sum() for document in vectors[QUERIES:]])
        for query in vectors[:QUERIES]])


DENSE, SPARSE = (SentenceTransformer, sentence_embeddings), (SparseEncoder, sentence_embeddings)
CASES = {
    "models/mean": DENSE, "modules/layers": DENSE, "modules/lstm": DENSE, "words/cnn": DENSE, "words/static": DENSE,
    "sparse/bert": SPARSE, "sparse/log": SPARSE, "sparse/sum": SPARSE, "sparse/untied": SPARSE,
    "sparse/autoencoder": SPARSE, "sparse/autoencoder_normalized": SPARSE,
    "cross_encoders/bert": (CrossEncoder, scores), "vectors/mpnet": (MultiVectorEncoder, late_interaction),
}
# Learning rates; sums of many products need a small one.
RATES = {"models/mean": 0.05, "sparse/bert": 0.05, "cross_encoders/bert": 0.05, "vectors/mpnet": 0.001}


def load(folder: Path, kind):
    model = kind(str(folder), device="cpu", local_files_only=True).double()
    # In training the reference computes logarithms beside their arguments, without which there are no gradients.
    model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    return model


def named(model, prefix: str, values: dict) -> dict:
    """The values of parameters by the names under which the model's modules save them."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(values[name])
    out = {}
    with tempfile.TemporaryDirectory() as folder:
        model.float().save(folder, create_model_card=False)
        for entry in json.loads((Path(folder) / "modules.json").read_text()):
            file = Path(folder) / entry["path"] / "model.safetensors"
            for name, tensor in (load_file(file) if file.exists() else {}).items():
                out[f"{prefix}.{entry['idx']}.{name}"] = tensor
    return out


def generate(root: Path) -> None:
    target = root / "training"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    for case, (kind, results) in CASES.items():
        model = load(root / case, kind)
        found = results(model)
        torch.manual_seed(11)
        seed = torch.randn(found.shape, dtype=torch.float64)
        found.backward(seed)
        out = {"seed": seed.float()}
        out |= named(model, "gradient", {
            name: torch.zeros_like(parameter) if parameter.grad is None else parameter.grad.clone()
            for name, parameter in model.named_parameters()})
        if case in RATES:
            model = load(root / case, kind)
            for _ in range(STEPS):
                model.zero_grad()
                (results(model) - seed).square().mean().backward()
                with torch.no_grad():
                    for parameter in model.parameters():
                        if parameter.grad is not None:
                            parameter -= RATES[case] * parameter.grad
            out["rate"] = torch.tensor([RATES[case]])
            out |= named(model, "after", {name: p.detach().clone() for name, p in model.named_parameters()})
        save_file({name: tensor.contiguous() for name, tensor in out.items()},
                  target / f"{case.replace('/', '_')}.safetensors")
