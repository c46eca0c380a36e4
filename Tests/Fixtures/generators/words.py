# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Tiny models whose modules are no transformers: words, bags, static embeddings, convolutions."""

import json
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers import models as st
from sentence_transformers.sentence_transformer.modules.tokenizer import WhitespaceTokenizer

from . import models

WORDS = ["PADDING_TOKEN", "weather", "lovely", "today", "Berlin", "people", "stadium", "guitar", "straße", "οδός", "a", "x"]
TEXTS = models.TEXTS + ["ΟΔΌΣ (οδός) ΟΔΌΣ.", "weather\x1ftoday\u2003lovely!", "--- Stadium's the 'stadium' !!!"]


def expect(folder: Path) -> None:
    # One text at a time: the convolutions of the reference also see the padding of a batch.
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    embeddings = torch.stack([model.encode(text, convert_to_tensor=True) for text in TEXTS])
    save_file({"texts": embeddings.float().contiguous()}, folder / "expected.safetensors")


def generate(root: Path) -> None:
    target = root / "words"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    (target / "texts.json").write_text(json.dumps(TEXTS, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    torch.manual_seed(11)

    def save(name, modules):
        SentenceTransformer(modules=modules, device="cpu").save(str(target / name), create_model_card=False)
        models.finish(target / name)
        expect(target / name)

    def embeddings():
        tokenizer = WhitespaceTokenizer(vocab=WORDS, stop_words=["the", "a"], do_lower_case=False)
        return st.WordEmbeddings(tokenizer, torch.randn(len(WORDS), 10), max_seq_length=9)

    weights = {"weather": 2.5, "berlin": 0.25, "people": 3.0}
    save("average", [embeddings(), st.Pooling(10, "mean")])
    save("weighted", [embeddings(), st.WordWeights(WORDS, weights, unknown_word_weight=0.5),
                      st.Pooling(10, ["mean", "mean_sqrt_len_tokens", "max"])])
    save("cnn", [embeddings(), st.CNN(10, out_channels=6, kernel_sizes=[1, 3, 5]), st.Pooling(18, "max")])
    save("bow", [st.BoW(WORDS[1:], weights, unknown_word_weight=0.5), st.Normalize()])
    save("presence", [st.BoW(WORDS[1:], weights, cumulative_term_frequency=False)])

    tokens = models.tokenizer(target / ".work")
    save("static", [st.StaticEmbedding(tokens, embedding_weights=torch.randn(len(tokens), 7)), st.Normalize()])
    shutil.rmtree(target / ".work")
    # The files of Model2Vec: fewer rows than tokens, and a weight of each token.
    folder = target / "model2vec"
    shutil.copytree(target / "static", folder)
    generator = np.random.default_rng(5)
    save_file({"embeddings": torch.randn(20, 7),
               "mapping": torch.tensor(generator.integers(0, 20, len(tokens)), dtype=torch.int64),
               "weights": torch.tensor(generator.random(len(tokens)), dtype=torch.float64)},
              folder / "model.safetensors")
    expect(folder)
