# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes sparse/: tiny sparse encoders of every kind, and what the reference makes of texts by them."""

import json
import shutil
import tempfile
from pathlib import Path

import torch
import transformers as hf
from safetensors.torch import save_file
from sentence_transformers import SparseEncoder
from sentence_transformers import models as st
from sentence_transformers.sparse_encoder.modules import (
    Router, SparseAutoEncoder, SparseStaticEmbedding, SpladePooling, Transformer)

from generators import architectures, models

TEXTS = architectures.TEXTS

#: Families whose masked language models are plain folders here; the classes of the others have no such head.
FAMILIES = [
    "albert", "camembert", "deberta", "deberta_v2", "distilbert", "electra", "eurobert", "gte", "modernbert", "mpnet",
    "nomic_bert", "roberta", "xlm_roberta"]


def masked(folder: Path, seed: int, model, tokenizer) -> Path:
    """A plain folder of a masked language model with random weights."""
    architectures.randomize(model, seed, 1.0)
    model.tie_weights()
    model.save_pretrained(folder)
    tokenizer.model_max_length = architectures.LENGTH
    tokenizer.save_pretrained(folder)
    return folder


def bert(folder: Path, seed: int, **settings) -> Path:
    tokens = models.tokenizer(folder / "vocabulary")
    shutil.rmtree(folder / "vocabulary")
    return masked(folder, seed, hf.BertForMaskedLM(models.config(len(tokens), **(architectures.SIZES | settings))), tokens)


def expect(folder: Path) -> None:
    model = SparseEncoder(str(folder), device="cpu", local_files_only=True)
    out = {
        name: getattr(model, name)(TEXTS, batch_size=4, convert_to_sparse_tensor=False).float().contiguous()
        for name in ["encode", "encode_query", "encode_document"]
    }
    out["most"] = model.encode(TEXTS, batch_size=4, convert_to_sparse_tensor=False, max_active_dims=5).float()
    embeddings = model.encode(TEXTS, batch_size=4)
    first, second = model.encode(TEXTS[:6], batch_size=4), model.encode(TEXTS[6:12], batch_size=4)
    for name in ["cosine", "dot", "euclidean", "manhattan"]:
        model.similarity_fn_name = name
        out[f"{name}.all"] = model.similarity(first, embeddings).contiguous()
        out[f"{name}.pairwise"] = model.similarity_pairwise(first, second).contiguous()
    save_file({name: tensor.contiguous() for name, tensor in out.items()}, folder / "expected.safetensors")
    lists = {
        "sparsity": model.sparsity(embeddings),
        "decoded": [[[token, weight] for token, weight in row] for row in model.decode(embeddings, top_k=4)],
        "shared": model.intersection(embeddings[0], embeddings[1]).to_dense().tolist(),
        "similarity": SparseEncoder(str(folder), device="cpu").similarity_fn_name,
    }
    (folder / "expected.json").write_text(json.dumps(lists, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def generate(root: Path) -> None:
    target = root / "sparse"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    builders = architectures.all_models()
    for name in FAMILIES:
        model, tokenizer, *_ = builders[name]()
        head = hf.AutoModelForMaskedLM.from_config(model.config)
        expect(masked(target / name, architectures.seed_of("sparse" + name), head, tokenizer))
    expect(bert(target / "bert", 31))

    # The words have a matrix of their own.
    expect(bert(target / "untied", 32, tie_word_embeddings=False))

    def save(name, modules, **settings):
        SparseEncoder(modules=modules, device="cpu", **settings).save(str(target / name), create_model_card=False)
        models.finish(target / name)
        expect(target / name)

    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        body = lambda seed: Transformer(str(bert(work / str(seed), seed)), transformer_task="fill-mask")
        save("sum", [body(33), SpladePooling("sum", "log1p_relu")], similarity_fn_name="cosine",
             prompts={"query": "search: "}, max_active_dims=20)
        save("log", [body(34), SpladePooling("max", "log1p_relu")])

        # Queries by a table of weights.
        document = body(35)
        torch.manual_seed(36)
        weights = torch.rand(len(document.tokenizer)) * 3
        router = Router.for_query_document(
            query_modules=[SparseStaticEmbedding(document.tokenizer, weight=weights, frozen=True)],
            document_modules=[document, SpladePooling("max")])
        save("router", [router])

        # A dense model in a wider space.
        for name, normalize in [("autoencoder", False), ("autoencoder_normalized", True)]:
            folder = models.transformer(work / name, 37, hidden_size=24)
            encoder = SparseAutoEncoder(24, hidden_dim=64, k=9, k_aux=4, normalize=normalize)
            models.randomize(encoder, 38)
            save(name, [st.Transformer(str(folder)), st.Pooling(24, "mean"), encoder])

    # The form of the first release: other names, and weights of queries in a file of tokens.
    shutil.copytree(target / "router", target / "old")
    router = target / "old" / "router_config.json"
    text = router.read_text(encoding="utf-8")
    text = text.replace("sentence_transformers.base.modules.transformer.Transformer",
                        "sentence_transformers.sparse_encoder.models.MLMTransformer.MLMTransformer")
    text = text.replace("sparse_encoder.modules.", "sparse_encoder.models.")
    router.write_text(text, encoding="utf-8")
    settings = target / "old" / "document_0_Transformer" / "sentence_bert_config.json"
    settings.write_text(json.dumps({"max_seq_length": 30, "do_lower_case": False}) + "\n", encoding="utf-8")
    query = target / "old" / "query_0_SparseStaticEmbedding"
    (query / "model.safetensors").unlink()
    (query / "idf.json").write_text(json.dumps({"berlin": 2.5, "weather": 0.75, "##s": 1.5, "?": 0.125}) + "\n")
    (query / "config.json").write_text(json.dumps({"frozen": True, "path": str(query / "idf.json")}) + "\n")
    expect(target / "old")
    (query / "config.json").write_text(json.dumps({"frozen": True, "path": "/elsewhere/idf.json"}) + "\n")
