# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Loads models that the tests saved into the Python library and compares their embeddings with the fixtures'.

    python check_saved.py FOLDER

FOLDER holds one folder for each fixture model; `make interoperability` makes it.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from sentence_transformers import SentenceTransformer

ROOT = Path(__file__).resolve().parent
# Both are the same library on the same weights; only the order of a batch may differ.
TOLERANCE = 1e-6


def main(folder: Path) -> int:
    texts = json.loads((ROOT / "models" / "texts.json").read_text(encoding="utf-8"))["texts"]
    failures = 0
    saved = sorted(path for path in folder.iterdir() if path.is_dir())
    for path in saved:
        model = SentenceTransformer(str(path), device="cpu", local_files_only=True).float()
        expected = load_file(ROOT / "models" / path.name / "expected.safetensors")["texts"]
        found = model.encode(texts, batch_size=5, convert_to_tensor=True)
        difference = ((found - expected).abs().max() / expected.abs().max().clamp(min=1)).item() \
            if found.shape == expected.shape else float("inf")
        print(f"{path.name}: largest relative difference {difference:.2e}")
        failures += not difference <= TOLERANCE
    if not saved:
        print(f"no models in {folder}", file=sys.stderr)
    return 1 if failures or not saved else 0


if __name__ == "__main__":
    torch.set_grad_enabled(False)
    sys.exit(main(Path(sys.argv[1])))
