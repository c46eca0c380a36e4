# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes pipelines/: whole models in the layouts of published ones, of tiny random weights."""

import shutil
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers import models as st

from generators import architectures as tiny
from generators.models import finish

# The prompts of EmbeddingGemma, two of which are all that encode_query and encode_document ask for.
PROMPTS = {
    "query": "task: search result | query: ", "document": "title: none | text: ",
    "STS": "task: sentence similarity | query: ",
}


def embedding_gemma(target: Path) -> None:
    """Gemma 3 in both directions, mean pooling, two dense layers without biases, and normalisation."""
    model, tokenizer, *_ = tiny.all_models()["gemma3"]()
    tiny.randomize(model, tiny.seed_of(target.name), 0.0)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        body = st.Transformer(folder, max_seq_length=tiny.LENGTH)
        width = body.get_embedding_dimension()
        dense = [st.Dense(width, 4 * width, bias=False, activation_function=torch.nn.Identity()),
                 st.Dense(4 * width, width, bias=False, activation_function=torch.nn.Identity())]
        for seed, module in enumerate(dense):
            tiny.randomize(module, seed, 1.0)
        SentenceTransformer(
            modules=[body, st.Pooling(width, "mean"), *dense, st.Normalize()], device="cpu", prompts=PROMPTS,
            similarity_fn_name="cosine").save(str(target), create_model_card=False)
    finish(target)
    loaded = SentenceTransformer(str(target), device="cpu", local_files_only=True).eval()
    calls = {
        "texts": loaded.encode, "query": loaded.encode_query, "document": loaded.encode_document,
        "similarity": lambda texts, **rest: loaded.encode(texts, prompt_name="STS", **rest),
        "dimensions": lambda texts, **rest: loaded.encode(texts, truncate_dim=8, normalize_embeddings=True, **rest),
    }
    save_file({name: call(tiny.TEXTS, batch_size=5, convert_to_tensor=True).contiguous()
               for name, call in calls.items()}, target / "expected.safetensors")


def generate(root: Path) -> None:
    target = root / "pipelines"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    embedding_gemma(target / "embedding_gemma")
