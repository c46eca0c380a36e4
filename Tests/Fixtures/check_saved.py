# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Loads models that the tests saved into the Python library and compares their results with the fixtures'.

    python check_saved.py FOLDER

FOLDER holds one folder for each fixture model, and those of cross-encoders in one of their own; `make interoperability`
makes it.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from sentence_transformers import CrossEncoder, SentenceTransformer

ROOT = Path(__file__).resolve().parent
# Both are the same library on the same weights; only the order of a batch may differ.
TOLERANCE = 1e-6


def embeddings(path: Path) -> torch.Tensor:
    texts = json.loads((ROOT / "models" / "texts.json").read_text(encoding="utf-8"))["texts"]
    model = SentenceTransformer(str(path), device="cpu", local_files_only=True).float()
    return model.encode(texts, batch_size=5, convert_to_tensor=True)


def scores(path: Path) -> torch.Tensor:
    pairs = json.loads((ROOT / "cross_encoders" / "pairs.json").read_text(encoding="utf-8"))
    model = CrossEncoder(str(path), device="cpu", local_files_only=True).float()
    return model.predict(pairs, batch_size=5, convert_to_tensor=True).reshape(len(pairs), -1)


# By the folder under the fixtures: where the saved models are, what they give, and the name of the recorded result.
KINDS = {"models": (".", embeddings, "texts"), "cross_encoders": ("cross_encoders", scores, "default")}


def main(folder: Path) -> int:
    count = failures = 0
    for kind, (place, compute, name) in KINDS.items():
        for path in sorted(path for path in (folder / place).iterdir() if path.is_dir() and path.name not in KINDS):
            expected = load_file(ROOT / kind / path.name / "expected.safetensors")[name]
            found = compute(path)
            difference = ((found - expected).abs().max() / expected.abs().max().clamp(min=1)).item() \
                if found.shape == expected.shape else float("inf")
            print(f"{kind}/{path.name}: largest relative difference {difference:.2e}")
            count += 1
            failures += not difference <= TOLERANCE
    if not count:
        print(f"no models in {folder}", file=sys.stderr)
    return 1 if failures or not count else 0


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    sys.exit(main(Path(sys.argv[1])))
