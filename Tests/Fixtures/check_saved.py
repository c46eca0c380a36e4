# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Loads models that the tests saved into the Python library and compares their embeddings with the fixtures'.

    python check_saved.py FOLDER

FOLDER holds one folder for each fixture model, and in "vectors" one for each multi-vector model; `make interoperability`
makes it.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from safetensors.torch import load_file
from sentence_transformers import MultiVectorEncoder, SentenceTransformer

ROOT = Path(__file__).resolve().parent
# Both are the same library on the same weights; only the order of a batch may differ.
TOLERANCE = 1e-6


def folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if (path / "modules.json").exists()) if folder.is_dir() else []


def difference(found: torch.Tensor, expected: torch.Tensor) -> float:
    if found.shape != expected.shape:
        return float("inf")
    return ((found - expected).abs().max() / expected.abs().max().clamp(min=1)).item()


def sentence_transformers(folder: Path) -> Iterator[tuple[str, float]]:
    texts = json.loads((ROOT / "models" / "texts.json").read_text(encoding="utf-8"))["texts"]
    for path in folders(folder):
        model = SentenceTransformer(str(path), device="cpu", local_files_only=True).float()
        expected = load_file(ROOT / "models" / path.name / "expected.safetensors")["texts"]
        yield path.name, difference(model.encode(texts, batch_size=5, convert_to_tensor=True), expected)


def multi_vector_encoders(folder: Path) -> Iterator[tuple[str, float]]:
    texts = json.loads((ROOT / "vectors" / "texts.json").read_text(encoding="utf-8"))
    for path in folders(folder):
        model = MultiVectorEncoder(str(path), device="cpu", local_files_only=True)
        expected = load_file(ROOT / "vectors" / path.name / "expected.safetensors")
        yield f"{path.name}", max(
            difference(torch.cat(getattr(model, call)(texts, batch_size=4)), expected[call])
            for call in ["encode", "encode_query", "encode_document"])


def main(folder: Path) -> int:
    failures = 0
    kinds = {"models": sentence_transformers(folder), "vectors": multi_vector_encoders(folder / "vectors")}
    for kind, results in kinds.items():
        names = []
        for name, found in results:
            names.append(name)
            print(f"{kind}/{name}: largest relative difference {found:.2e}")
            failures += not found <= TOLERANCE
        if not names:
            failures += 1
            print(f"no {kind} in {folder}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    sys.exit(main(Path(sys.argv[1])))
