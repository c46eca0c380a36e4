# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Results and gradients of single operations, as PyTorch computes them in float64, stored as float32."""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers.activations import ACT2FN


def record(out, name, inputs, function):
    """Stores inputs, result, a random upstream gradient and the gradients of the inputs."""
    inputs = {key: value.double().requires_grad_() for key, value in inputs.items()}
    y = function(**inputs)
    seed = torch.randn(y.shape, dtype=torch.float64)
    y.backward(seed)
    for key, value in inputs.items():
        out[f"{name}.{key}"] = value.detach().float()
        out[f"{name}.d_{key}"] = value.grad.float()
    out[f"{name}.y"] = y.detach().float()
    out[f"{name}.seed"] = seed.float()


def attention(lengths, heads):
    def function(qkv):
        texts = []
        for text in qkv.split(lengths):
            q, k, v = (part.unflatten(-1, (heads, -1)).transpose(0, 1) for part in text.chunk(3, dim=-1))
            texts.append(F.scaled_dot_product_attention(q, k, v).transpose(0, 1).flatten(1))
        return torch.cat(texts)

    return function


def attention_of_few(lengths, key_lengths, heads):
    """Only the first tokens of each text are keys."""
    def function(qkv):
        texts = []
        for text, keys in zip(qkv.split(lengths), key_lengths):
            q, k, v = (part.unflatten(-1, (heads, -1)).transpose(0, 1) for part in text.chunk(3, dim=-1))
            texts.append(F.scaled_dot_product_attention(q, k[:, :keys], v[:, :keys]).transpose(0, 1).flatten(1))
        return torch.cat(texts)

    return function


def windowed_attention(lengths, heads, shared, left, right):
    """Of `shared` key and value heads, in a window, with a bias for each head and distance."""
    def function(qkv, bias):
        size, texts = qkv.shape[1] // (heads + 2 * shared), []
        middle = bias.shape[1] // 2
        for text in qkv.split(lengths):
            q, k, v = text.split([heads * size, shared * size, shared * size], dim=-1)
            q, k, v = (part.unflatten(-1, (-1, size)).transpose(0, 1) for part in (q, k, v))
            k, v = (part.repeat_interleave(heads // shared, dim=0) for part in (k, v))
            distance = torch.arange(len(text)) - torch.arange(len(text)).unsqueeze(-1)
            scores = 0.3 * q @ k.transpose(1, 2) + bias[:, distance + middle]
            scores = scores.masked_fill((distance < -left) | (distance > right), -torch.inf)
            texts.append((scores.softmax(-1) @ v).transpose(0, 1).flatten(1))
        return torch.cat(texts)

    return function


def rotation(lengths, heads, size, pairs):
    def function(x):
        texts = []
        for text in x.split(lengths):
            angles = torch.arange(len(text)).double().unsqueeze(-1) * torch.tensor([1, 0.5, 0.125]).double()
            cosine, sine = angles.cos().unsqueeze(1), angles.sin().unsqueeze(1)
            turned = text[:, : heads * size].unflatten(-1, (heads, size))
            a, b, rest = turned.split([pairs, pairs, size - 2 * pairs], dim=-1)
            turned = torch.cat([a * cosine - b * sine, b * cosine + a * sine, rest], dim=-1)
            texts.append(torch.cat([turned.flatten(1), text[:, heads * size :]], dim=1))
        return torch.cat(texts)

    return function


def separated_heads(heads):
    def function(x, q, v):
        parts = x.unflatten(-1, (heads, 3, -1)).transpose(1, 2).flatten(2)
        return torch.cat([parts[:, 0] + q, parts[:, 1], parts[:, 2] + v], dim=1)

    return function


def gated_convolution(lengths):
    def function(x, w, b):
        texts = []
        for text in x.split(lengths):
            gate, outer, inner = text.T.chunk(3)
            convolved = F.conv1d(gate * inner, w, b, padding=w.shape[-1] - 1, groups=len(w))[:, : len(text)]
            texts.append((outer * convolved).T)
        return torch.cat(texts)

    return function


def windows(lengths):
    """Every token between its neighbours of the same text."""
    def function(x):
        texts = []
        for text in x.split(lengths):
            padded = F.pad(text, (0, 0, 1, 1))
            texts.append(torch.cat([padded[:-2], padded[1:-1], padded[2:]], dim=1))
        return torch.cat(texts)

    return function


def pooling(lengths):
    def function(x):
        rows = []
        for text in x.split(lengths):
            weights = torch.arange(1, len(text) + 1).double().unsqueeze(-1)
            rows.append(torch.cat([
                text[0], text.amax(0), text.mean(0), text.sum(0) / len(text) ** 0.5,
                (text * weights).sum(0) / weights.sum(), text[-1],
            ]))
        return torch.stack(rows)

    return function


rare_activations = {
    "leakyReLU": F.leaky_relu, "randomizedReLU": lambda x: F.rrelu(x, training=False), "relu6": F.relu6,
    "squaredReLU": ACT2FN["relu2"], "elu": F.elu, "selu": F.selu, "hardTanh": F.hardtanh,
    "hardSigmoid": F.hardsigmoid, "hardSwish": F.hardswish, "hardShrink": F.hardshrink, "softShrink": F.softshrink,
    "tanhShrink": F.tanhshrink, "softSign": F.softsign, "softPlus": F.softplus, "sqrtSoftPlus": ACT2FN["sqrtsoftplus"],
    "logSigmoid": F.logsigmoid, "mish": F.mish, "quickGELU": ACT2FN["quick_gelu"], "clippedGELU": ACT2FN["gelu_10"],
    "laplace": ACT2FN["laplace"],
}


saturations = {"relu": lambda x: x.relu().log1p(), "log1p_relu": lambda x: x.relu().log1p().log1p()}


def generate(root: Path) -> None:
    torch.manual_seed(20261121)
    r = torch.randn
    out = {}
    for name, activation in {
        "identity": lambda x: x, "relu": F.relu, "gelu": F.gelu, "geluTanh": lambda x: F.gelu(x, approximate="tanh"),
        "tanh": torch.tanh, "sigmoid": torch.sigmoid, "silu": F.silu,
    }.items():
        record(out, f"linear_{name}", dict(x=r(7, 13), w=r(21, 13), b=r(21), residual=r(7, 21)),
               lambda x, w, b, residual, activation=activation: activation(F.linear(x, w, b)) + residual)
    record(out, "linear_blocks", dict(x=r(5, 19), w0=r(16, 19), w1=r(3, 19), b0=r(16), b1=r(3)),
           lambda x, w0, w1, b0, b1: F.linear(x, torch.cat([w0, w1]), torch.cat([b0, b1])))
    record(out, "layer_norm", dict(x=3 * r(6, 37), w=r(37), b=r(37)),
           lambda x, w, b: F.layer_norm(x, (37,), w, b, 1e-5))
    record(out, "attention", dict(qkv=2 * r(70, 72)), attention([1, 50, 2, 17], 2))
    record(out, "pooling", dict(x=r(11, 9)), pooling([1, 7, 3]))
    record(out, "normalize", dict(x=r(4, 23)), lambda x: F.normalize(x, dim=-1))
    record(out, "softmax", dict(x=4 * r(5, 21)), lambda x: x.softmax(-1))
    record(out, "log_sum_exp", dict(x=4 * r(5, 21)), lambda x: x.logsumexp(-1))
    record(out, "product", dict(a=r(6, 17), b=r(9, 17)), lambda a, b: a @ b.T)
    ids = torch.tensor([3, 0, 3, 6, 1])
    record(out, "embedding", dict(words=r(7, 10), positions=r(5, 10)),
           lambda words, positions: F.embedding(ids, words) + positions)
    # In-batch negatives: mean over rows of logsumexp(scores) - diagonal, Henderson et al., 2017.
    record(out, "ranking_loss", dict(a=r(6, 12), b=r(6, 12)),
           lambda a, b: F.cross_entropy(20 * F.normalize(a, dim=-1) @ F.normalize(b, dim=-1).T, torch.arange(6)))
    record(out, "rms_norm", dict(x=3 * r(6, 37), w=r(37)), lambda x, w: F.rms_norm(x, (37,), 1 + w, 1e-5))
    record(out, "head_norm", dict(x=r(5, 33), w=r(6)), lambda x, w: torch.cat([
        x[:, :3], F.rms_norm(x[:, 3:27].unflatten(-1, (4, 6)), (6,), w, 1e-5).flatten(1), x[:, 27:]], dim=1))
    record(out, "rotation", dict(x=r(9, 26)), rotation([4, 5], 2, 10, 3))
    record(out, "gated", dict(x=r(5, 22)), lambda x: F.gelu(x[:, :11]) * x[:, 11:])
    record(out, "gated_second", dict(x=r(5, 22)), lambda x: x[:, :11] * F.silu(x[:, 11:]))
    record(out, "attention_options", dict(qkv=2 * r(70, 56), bias=r(4, 99)), windowed_attention([1, 50, 2, 17], 4, 2, 9, 4))
    record(out, "head_separation", dict(x=r(5, 24), q=r(8), v=r(8)), separated_heads(2))
    record(out, "gated_convolution", dict(x=r(11, 27), w=r(9, 1, 3), b=r(9)), gated_convolution([1, 2, 8]))
    record(out, "attention_of_few", dict(qkv=2 * r(70, 72)), attention_of_few([1, 50, 2, 17], [1, 33, 0, 5], 2))
    for name, activation in rare_activations.items():
        record(out, f"linear_{name}", dict(x=r(7, 13), w=r(21, 13), b=r(21), residual=r(7, 21)),
               lambda x, w, b, residual, activation=activation: activation(F.linear(x, w, b)) + residual)
    record(out, "log_softmax", dict(x=4 * r(5, 21)), lambda x: x.log_softmax(-1))
    record(out, "row_range", dict(x=r(6, 7)), lambda x: x[2:5])
    record(out, "column_range", dict(x=r(6, 7)), lambda x: x[:, 1:6])
    record(out, "beside", dict(a=r(4, 3), b=r(4, 5)), lambda a, b: torch.cat([a, b, a], dim=1))
    record(out, "above", dict(a=r(4, 3), b=r(2, 3)), lambda a, b: torch.cat([a, b, a]))
    record(out, "gathering_rows", dict(x=r(5, 4)), lambda x: torch.stack([x[3], 0 * x[0], x[0], x[3], x[4]]))
    record(out, "scaling_rows", dict(x=r(6, 5)), lambda x: x * torch.tensor([0.5, -2, 0, 3, 1, 7]).double()[:, None])
    record(out, "windows", dict(x=r(6, 3)), windows([1, 3, 2]))
    record(out, "gathered_as_columns", dict(x=r(4, 5)), lambda x: x[[2, 0, 2]].T)
    for name, weight in saturations.items():
        record(out, f"saturated_{name}", dict(x=r(5, 7)), weight)
        record(out, f"reduced_sum_{name}", dict(x=r(9, 13), w=r(21, 13), b=r(21)),
               lambda x, w, b, weight=weight: torch.stack([
                   weight(text).sum(0) for text in F.linear(x, w, b).split([1, 5, 3])]))
    record(out, "reduced_maximum", dict(x=r(9, 13), w=r(21, 13), b=r(21)),
           lambda x, w, b: torch.stack([text.max(0).values for text in F.linear(x, w, b).split([1, 5, 3])]))
    record(out, "reduced_without_bias", dict(x=r(9, 13), w=r(21, 13)),
           lambda x, w: torch.stack([text.max(0).values for text in F.linear(x, w).split([1, 5, 3])]))
    record(out, "weighted_mean", dict(a=r(4, 5), b=r(4, 5), c=r(4, 5), weights=1 + r(3).abs()),
           lambda a, b, c, weights: (weights[:, None, None] * torch.stack([a, b, c])).sum(0) / weights.sum())
    record(out, "standardized", dict(x=3 + 2 * r(4, 9)),
           lambda x: (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-5))
    record(out, "adding_row", dict(x=r(4, 5), row=r(5)), lambda x, row: x - 0.5 * row)
    record(out, "keeping_elements", dict(x=r(3, 4)),
           lambda x: x * torch.tensor([1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1]).double().reshape(3, 4))
    record(out, "gathering_elements", dict(x=r(6)), lambda x: x[[4, 0, 4, 5]])
    record(out, "spread", dict(x=r(5)), lambda x: torch.stack([
        x * torch.tensor(row).double() for row in [[0, 1, 0, 1, 0], [0, 0, 0, 0, 0], [1, 0, 0, 1, 0]]]))
    record(out, "exchanging", dict(x=r(2, 3, 4)), lambda x: x.transpose(1, 2))
    record(out, "linear_convolution", dict(x=r(5, 6), w=r(4, 2, 3), b=r(4)),
           lambda x, w, b: F.linear(x, w.transpose(1, 2).flatten(1), b))
    record(out, "max_sim", dict(q0=r(3, 8), q1=r(1, 8), d0=r(4, 8), d1=r(1, 8), d2=r(7, 8)),
           lambda q0, q1, d0, d1, d2: torch.stack([
               torch.stack([(q @ d.T).max(1).values.sum() for d in (d0, d1, d2)]) for q in (q0, q1)]))
    # Away from 0, where logarithms and roots are steep.
    positive = {"exponential": torch.exp, "logarithm": torch.log, "squareRoot": torch.sqrt, "reciprocal": torch.reciprocal}
    for name, function in positive.items():
        record(out, f"mapped_{name}", dict(x=1 + 2 * r(5, 7).abs()), function)
    record(out, "mapped_absolute", dict(x=2 * r(5, 7)), torch.abs)
    (root / "tensors").mkdir(exist_ok=True)
    save_file({key: value.contiguous() for key, value in out.items()}, root / "tensors" / "operations.safetensors")
