# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes lengths.json: the reference's embeddings of a text of 8192 tokens by models of architectures/."""

import json
from pathlib import Path

import torch
from safetensors.torch import load_file
from sentence_transformers import SentenceTransformer
from transformers import AutoTokenizer

from generators import architectures as tiny

LENGTH = 8192
WORDS = " ".join(tiny.TEXTS).split()


def text(count: int) -> str:
    """Words in an order that a linear congruential generator chooses, so that the fixture need not hold them."""
    state, words = 1, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % (1 << 31)
        words.append(WORDS[(state >> 16) % len(WORDS)])
    return " ".join(words)


def jina(folder: Path, long_text: str) -> torch.Tensor:
    tokens = AutoTokenizer.from_pretrained(folder)
    model = tiny.JinaBert(len(tokens), 24, 3, 40, 2)
    model.load_state_dict(load_file(folder / "model.safetensors"))
    with torch.no_grad():
        ids = tokens(long_text, truncation=True, max_length=LENGTH)["input_ids"]
        assert len(ids) == LENGTH
        return torch.nn.functional.normalize(model(torch.tensor(ids)).mean(0), dim=0)


def loaded(folder: Path, long_text: str) -> torch.Tensor:
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()
    model.max_seq_length = LENGTH
    assert model.preprocess([long_text])["input_ids"].shape == (1, LENGTH)
    return model.encode(long_text, convert_to_tensor=True)


def generate(root: Path) -> None:
    architectures, long_text = root / "architectures", text(LENGTH)
    found = {name: loaded(architectures / name, long_text) for name in ["modernbert", "nomic_bert", "gemma3", "lfm2"]}
    found["jina_bert_v2"] = jina(architectures / "jina_bert_v2", long_text)
    lines = ",\n".join(f'"{name}": {json.dumps([float(x) for x in found[name]])}' for name in sorted(found))
    (root / "lengths.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")
