# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes rotary/cases.json: the frequencies of rotary positions that the reference makes of configurations."""

import copy
import json
from pathlib import Path

import torch
import transformers as hf
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding
from transformers.models.modernbert.modeling_modernbert import ModernBertRotaryEmbedding

LLAMA = dict(model_type="llama", hidden_size=128, num_attention_heads=4, num_key_value_heads=4, head_dim=32,
             num_hidden_layers=1, max_position_embeddings=64)
MODERN = dict(model_type="modernbert", hidden_size=128, num_attention_heads=4, num_hidden_layers=4,
              max_position_embeddings=64)
SHORT, LONG = [1 + i / 16 for i in range(16)], [2 + i * i / 8 for i in range(16)]
YARN = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 32}

# Settings beside the usual ones, and the lengths of texts.
LLAMA_CASES = [
    ({}, [8]),
    ({"rope_theta": 500.0}, [8]),
    ({"rope_parameters": {"rope_type": "default", "rope_theta": 1234.5}}, [8]),
    ({"rope_theta": 500.0, "rope_scaling": {"type": "linear", "factor": 2.5}}, [8]),
    ({"rope_parameters": {"rope_type": "linear", "rope_theta": 777.0, "factor": 8}}, [8]),
    ({"rope_scaling": {"type": "dynamic", "factor": 3.0}}, [8, 64, 65, 100, 8192]),
    ({"rope_parameters": {"rope_type": "dynamic", "rope_theta": 1e6, "factor": 1.5}}, [64, 129]),
    ({"rope_parameters": YARN | {"rope_theta": 10000.0}}, [8, 100]),
    ({"rope_theta": 1e6, "rope_scaling": YARN | {"beta_fast": 8, "beta_slow": 2.0, "truncate": False}}, [8]),
    ({"rope_scaling": {"type": "yarn", "factor": 40, "mscale": 0.7, "mscale_all_dim": 0.4}}, [8]),
    ({"rope_scaling": YARN | {"attention_factor": 1.25}}, [8]),
    ({"rope_scaling": YARN | {"factor": None, "original_max_position_embeddings": 16}}, [8]),
    ({"rope_scaling": YARN | {"factor": 0.5}}, [8]),
    ({"original_max_position_embeddings": 20, "rope_scaling": YARN}, [8]),
    ({"max_position_embeddings": 1 << 17, "rope_theta": 1e6,
      "rope_scaling": YARN | {"original_max_position_embeddings": 32768}}, [8]),
    ({"rope_scaling": {"type": "longrope", "short_factor": SHORT, "long_factor": LONG,
                       "original_max_position_embeddings": 32}}, [8, 32, 33, 60]),
    ({"rope_scaling": {"rope_type": "longrope", "short_factor": SHORT, "long_factor": LONG, "factor": 6.0,
                       "original_max_position_embeddings": 32}}, [8, 33]),
    ({"rope_parameters": {"rope_type": "longrope", "rope_theta": 99.0, "short_factor": SHORT, "long_factor": LONG,
                          "attention_factor": 0.75, "original_max_position_embeddings": 16}}, [16, 17]),
    ({"rope_parameters": {"rope_type": "llama3", "rope_theta": 500.0, "factor": 8.0, "low_freq_factor": 1.0,
                          "high_freq_factor": 4.0, "original_max_position_embeddings": 40}}, [8]),
    ({"rope_scaling": {"rope_type": "llama3", "factor": 32, "low_freq_factor": 2, "high_freq_factor": 5}}, [8]),
    ({"rope_parameters": {"rope_type": "proportional", "rope_theta": 100.0, "partial_rotary_factor": 0.3}}, [8]),
    ({"rope_parameters": {"rope_type": "linear", "rope_theta": 100.0, "factor": 3.0, "partial_rotary_factor": 0.5}},
     [8]),
    ({"partial_rotary_factor": 0.25, "rope_parameters": YARN | {"rope_theta": 100.0}}, [8]),
]
# Of models whose kinds of layer have frequencies of their own.
MODERN_CASES = [
    {},
    {"global_rope_theta": 5000.0, "local_rope_theta": 300.0},
    {"rope_scaling": {"rope_type": "linear", "factor": 2.0}, "global_rope_theta": 4000.0},
    {"rope_parameters": {"full_attention": YARN | {"rope_theta": 9000.0}, "sliding_attention": {"rope_theta": 70.0}}},
]


def recorded(module, length: int, layer: str | None = None) -> dict:
    arguments = [layer] if layer else []
    cosines, _ = module(torch.zeros(1), torch.arange(length).unsqueeze(0), *arguments)
    prefix = f"{layer}_" if layer else ""
    # Cosines of position 0 are what all are multiplied with.
    frequencies = getattr(module, f"{prefix}inv_freq")
    return {"length": length, "frequencies": [float(f) for f in frequencies], "magnitude": float(cosines[0, 0, 0])}


def generate(root: Path) -> None:
    cases = []
    for settings, lengths in LLAMA_CASES:
        config = LLAMA | settings
        # A new module for each length, because it remembers the longest text.
        found = [recorded(LlamaRotaryEmbedding(hf.LlamaConfig(**copy.deepcopy(config))), n) for n in lengths]
        cases.append({"config": config, "layers": [found]})
    for settings in MODERN_CASES:
        config = MODERN | settings
        module = ModernBertRotaryEmbedding(hf.ModernBertConfig(**copy.deepcopy(config)))
        kinds = ["full_attention", "sliding_attention"]
        cases.append({"config": config, "layers": [[recorded(module, 8, kind)] for kind in kinds]})
    (root / "rotary").mkdir(exist_ok=True)
    text = ",\n".join(json.dumps(case) for case in cases)
    (root / "rotary" / "cases.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")
