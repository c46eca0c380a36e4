# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Tiny models with the rarer modules: recurrent networks, weighted layers, routers."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers import models as st
from sentence_transformers.sentence_transformer.modules.tokenizer import WhitespaceTokenizer

from . import models, words


def expect(folder: Path, methods: list[str]) -> None:
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    results = {
        name: getattr(model, name)(words.TEXTS, batch_size=4, convert_to_tensor=True).float().contiguous()
        for name in methods
    }
    save_file(results, folder / "expected.safetensors")


def generate(root: Path) -> None:
    target, work = root / "modules", root / "modules" / ".work"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    torch.manual_seed(12)

    def save(name, modules, methods=("encode",), **settings):
        for seed, module in enumerate(modules):
            if isinstance(module, (st.LSTM, st.Dense, st.WeightedLayerPooling)):
                models.randomize(module, 70 + seed)
        SentenceTransformer(modules=modules, device="cpu", **settings).save(
            str(target / name), create_model_card=False)
        models.finish(target / name)
        expect(target / name, list(methods))

    def embeddings():
        tokenizer = WhitespaceTokenizer(vocab=words.WORDS, stop_words=["the"], do_lower_case=False)
        return st.WordEmbeddings(tokenizer, torch.randn(len(words.WORDS), 10), max_seq_length=9)

    def transformer(seed, **settings):
        return st.Transformer(str(models.transformer(work, seed, **settings)), max_seq_length=40)

    save("lstm", [embeddings(), st.LSTM(10, 7, num_layers=2, bidirectional=True), st.Pooling(14, "max")])
    save("lstm_forwards", [embeddings(), st.LSTM(10, 6, bidirectional=False), st.Pooling(6, "mean")])

    body = transformer(21, num_hidden_layers=3, output_hidden_states=True)
    save("layers", [body, st.WeightedLayerPooling(48, num_hidden_layers=3, layer_start=1), st.Pooling(48, "mean")])

    # Queries by a table, documents by a network, both normalised by the module behind the router.
    tokens = models.tokenizer(work)
    dense = st.Dense(48, 9, activation_function=torch.nn.Tanh())
    models.randomize(dense, 90)
    router = st.Router.for_query_document(
        query_modules=[st.StaticEmbedding(tokens, embedding_weights=torch.randn(len(tokens), 9))],
        document_modules=[transformer(22), st.Pooling(48, "mean"), dense])
    save("router", [router, st.Normalize()], ["encode", "encode_query", "encode_document"],
         prompts={"query": "search: ", "document": ""})

    # Routes that share their modules but for the last, chosen by mappings; the class has its old name.
    shared = [transformer(23, num_hidden_layers=1), st.Pooling(48, "mean")]
    denses = [st.Dense(48, 8) for _ in range(2)]
    for seed, module in enumerate(denses):
        models.randomize(module, 92 + seed)
    router = st.Router(
        {"short": shared + [denses[0]], "long": shared + [denses[1]]}, default_route="short",
        route_mappings={("query", None): "short", ("document", "text"): "long"})
    save("mapped", [router], ["encode", "encode_query", "encode_document"])
    path = target / "mapped" / "modules.json"
    path.write_text(path.read_text().replace("base.modules.router.Router", "models.Asym"))
    shutil.rmtree(work, ignore_errors=True)
