# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What the reference gives for the real all-MiniLM-L6-v2, in the folder that SENTENCE_TEST_MODEL names."""

import json
import os
import sys
from pathlib import Path

from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer

TEXTS = [
    "The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium.", "", " \t ", "a", "?!",
    "How do I reset my password on the account page?", "Das Wetter ist heute schön.", "Il fait très beau aujourd’hui.",
    "今天天气很好。", "今日はとてもいい天気ですね。", "오늘 날씨가 정말 좋네요.", "Сегодня прекрасная погода.", "الطقس جميل اليوم",
    "วันนี้อากาศดีมาก", "आज मौसम बहुत अच्छा है।", "👩‍👩‍👧‍👦 family 🏳️‍🌈 flags 🇩🇪", "naïve café, résumé, Zoë, Ångström",
    "e = mc^2; a[i] += b[i] * c; // comment", "https://example.org/path?query=1&other=%20", "[CLS] [MASK] [SEP] [PAD]",
    "supercalifragilisticexpialidocious " * 3, "x" * 150, "1234567890 0.5 1e-9 -3,14",
    "A man is eating food. A man is eating a piece of bread. The girl is carrying a baby.",
    "The quick brown fox jumps over the lazy dog. " * 40,
    "Sentence embeddings map text to vectors so that similar texts are close to each other. " * 9,
]


def generate(root: Path) -> None:
    folder = os.environ.get("SENTENCE_TEST_MODEL")
    if not folder:
        sys.exit("minilm: set SENTENCE_TEST_MODEL to the folder of all-MiniLM-L6-v2 (make fixtures does)")
    model = SentenceTransformer(folder, device="cpu")
    target = root / "minilm"
    target.mkdir(exist_ok=True)
    (target / "texts.json").write_text(json.dumps(TEXTS, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    embeddings = model.encode(TEXTS, batch_size=7, convert_to_tensor=True)
    save_file({
        "embeddings": embeddings, "double": model.double().encode(TEXTS, convert_to_tensor=True).float(),
    }, target / "expected.safetensors")
