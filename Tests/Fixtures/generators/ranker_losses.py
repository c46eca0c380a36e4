# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes ranker_losses/: what the reference's losses of cross-encoders make of fixed scores, and where three steps lead.

`cases.json` has the configuration of each loss, how many columns of documents it takes or how many documents each query has,
and the kind of its labels. `values.safetensors` has the scores of all queries with all documents and, for each case, labels,
value and slopes; `steps.safetensors` has samples of all parameters after three steps of AdamW on a tiny model. Everything is
computed in float64 and stored as float32.
"""

import json
import shutil
import warnings
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentence_transformers import CrossEncoder
from sentence_transformers.cross_encoder import losses as cross

from .losses import EPSILON, RATE, ROWS, SAMPLES, STEPS, TEXTS, sampled
from .training import load, named

FOLDER = "cross_encoders/bert"
# The documents of each query: the first texts of its row in the columns after the first.
COUNTS = [3, 1, 2, 3, 2, 3]
DOCUMENTS = [text for column in TEXTS[1:] for text in column]
MODULE = "sentence_transformers.cross_encoder.losses"


def case(name: str, columns: int | None = None, labels=None, **arguments) -> dict:
    """A loss with its arguments, for columns of documents, or for lists of them if none are given."""
    return {"loss": {"name": name} | arguments, "columns": columns, "labels": labels}


def cases() -> list[dict]:
    ranking, schemes = "MultipleNegativesRankingLoss", [
        "NoWeightingScheme", "NDCGLoss1Scheme", "NDCGLoss2Scheme", "LambdaRankScheme", "NDCGLoss2PPScheme"]
    torch_module = "torch.nn.modules.activation"
    return [
        case(ranking, 1, num_negatives=None), case(ranking, 3, num_negatives=99, scale=3),
        case(ranking, 2, num_negatives=None, activation_fn="torch.nn.modules.linear.Identity", scale=0.5),
        case(ranking, 2, num_negatives=None, activation_fn=None),
        case(f"Cached{ranking}", 2, num_negatives=None, mini_batch_size=4),
        case("MSELoss", 1, [ROWS]), case("MSELoss", 1, [ROWS], activation_fn=f"{torch_module}.Sigmoid"),
        case("MarginMSELoss", 2, [ROWS]), case("MarginMSELoss", 2, [ROWS, 2]), case("MarginMSELoss", 3, [ROWS, 2]),
        case("MarginMSELoss", 3, [ROWS, 3], activation_fn=f"{torch_module}.Tanh"),
        *(case("LambdaLoss", None, labels, weighting_scheme=f"{MODULE}.lambda_loss.{scheme}", **arguments)
          for scheme in schemes for labels, arguments in (
              ("grades", {}), ("grades", dict(k=1)), ("scores", dict(k=2, sigma=2.5, reduction_log="natural")))),
        case("LambdaLoss", None, "ties"), case("LambdaLoss", None, "grades", weighting_scheme=None, eps=1e-3),
        case("LambdaLoss", None, "zeros"), case("RankNetLoss", None, "grades"),
        case("RankNetLoss", None, "scores", k=1, sigma=0.5, activation_fn=f"{torch_module}.Sigmoid"),
        case("ListNetLoss", None, "grades"), case("ListNetLoss", None, "scores", activation_fn=f"{torch_module}.Tanh"),
        *(case("PListMLELoss", None, labels, respect_input_order=order)
          for labels in ("grades", "scores") for order in (True, False)),
        case("PListMLELoss", None, "scores", lambda_weight=None, activation_fn=f"{torch_module}.Sigmoid"),
        case("ListMLELoss", None, "grades"), case("ListMLELoss", None, "scores", respect_input_order=False),
        case("ADRMSELoss", None, "grades"), case("ADRMSELoss", None, "ties", alpha=3),
        case("ADRMSELoss", None, "scores", alpha=0.5, activation_fn=f"{torch_module}.Tanh"),
    ]


def build(configuration: dict, model):
    arguments = dict(configuration)
    name = arguments.pop("name")
    for key, value in arguments.items():
        if key == "weighting_scheme" and value:
            arguments[key] = getattr(cross, value.split(".")[-1])()
        elif key == "activation_fn" and value:
            arguments[key] = getattr(torch.nn, value.split(".")[-1])()
    return getattr(cross, name)(model, **arguments)


def inputs_of(case: dict) -> list:
    if case["columns"]:
        return TEXTS[:case["columns"] + 1]
    return [TEXTS[0], [[TEXTS[1 + place][row] for place in range(count)] for row, count in enumerate(COUNTS)]]


def labels_of(kind) -> torch.Tensor | list[torch.Tensor] | None:
    """Labels of a shape, or for the documents of all queries: distinct grades, equal ones, none above 0, or any numbers."""
    generator = torch.Generator().manual_seed(6)
    if kind is None:
        return None
    if isinstance(kind, list):
        return torch.randn(kind, generator=generator).double()
    grades = {"grades": [0, 2, 1], "ties": [1, 0, 1], "zeros": [0, 0, 0]}.get(kind)
    return [torch.tensor(grades[:count]).double() if grades else torch.randn(count, generator=generator).double()
            for count in COUNTS]


def value(number: int, case: dict, root: Path, scores: torch.Tensor, out: dict) -> None:
    model = load(root / FOLDER, CrossEncoder)
    leaf = scores.clone().requires_grad_()
    loss = build(case["loss"], model)
    places = []
    model.preprocess = lambda pairs, **_: places.append(
        [(TEXTS[0].index(query), DOCUMENTS.index(document)) for query, document in pairs]) or {}
    model.forward = lambda features, **_: {"scores": leaf[tuple(zip(*places[-1]))].unsqueeze(1)}
    if case["loss"]["name"].startswith("Cached"):
        # The cache computes pairs twice, which places are no help with; it is the loss without one.
        loss = build({"name": "MultipleNegativesRankingLoss"} | {
            key: value for key, value in case["loss"].items() if key not in ("name", "mini_batch_size")}, model)
    labels = labels_of(case["labels"])
    # The reference makes matrices in the default type.
    found = loss(inputs_of(case), labels)
    found.backward()
    out[f"{number}.value"] = found.detach().reshape(1)
    out[f"{number}.slopes"] = torch.zeros_like(leaf) if leaf.grad is None else leaf.grad
    if labels is not None:
        out[f"{number}.labels"] = torch.cat(labels) if isinstance(labels, list) else labels


def steps(number: int, case: dict, root: Path, out: dict) -> None:
    model = load(root / FOLDER, CrossEncoder)
    loss = build(case["loss"], model).double()
    for module in loss.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    optimizer = torch.optim.AdamW(loss.parameters(), lr=RATE, eps=EPSILON, weight_decay=0)
    for _ in range(STEPS):
        optimizer.zero_grad()
        found = loss(inputs_of(case), labels_of(case["labels"]))
        found.backward()
        optimizer.step()
    out[f"{number}.last"] = found.detach().reshape(1)
    values = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    saved = {name.removeprefix("."): tensor for name, tensor in named(model, "", values).items()}
    out[f"{number}.all"] = torch.cat([sampled(saved[name]).float() for name in sorted(saved)])


def generate(root: Path) -> None:
    assert len(set(TEXTS[0])) == ROWS and len(set(DOCUMENTS)) == len(DOCUMENTS)
    target = root / "ranker_losses"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    scores = torch.randn([ROWS, len(DOCUMENTS)], generator=torch.Generator().manual_seed(4)).double()
    values, after = {"scores": scores}, {}
    found = cases()
    torch.set_default_dtype(torch.float64)
    # So do conversions, which would round what is computed in float64.
    to_float, torch.Tensor.float = torch.Tensor.float, torch.Tensor.double
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for number, case in enumerate(found):
                value(number, case, root, scores, values)
                steps(number, case, root, after)
    finally:
        torch.Tensor.float = to_float
        torch.set_default_dtype(torch.float32)
    (target / "cases.json").write_text(
        json.dumps({"texts": TEXTS, "counts": COUNTS, "model": FOLDER, "cases": found, "rate": RATE, "epsilon": EPSILON,
                    "steps": STEPS, "samples": SAMPLES}, indent=1) + "\n", encoding="utf-8")
    for name, tensors in (("values", values), ("steps", after)):
        save_file({key: tensor.float().contiguous() for key, tensor in tensors.items()}, target / f"{name}.safetensors")
