# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes vectors/: tiny multi-vector encoders of every layout and setting, and what the reference makes of texts by them."""

import json
import shutil
import string
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import MultiVectorEncoder
from sentence_transformers.base.modules import Dense, Normalize, Transformer
from sentence_transformers.multi_vector_encoder.modules import HierarchicalTokenPooling, MultiVectorMask
from transformers import AddedToken, BertModel

from generators import architectures, models

TEXTS = architectures.TEXTS
WIDTH = 10

#: Families by what is special in them: positions from ids, windows that expansions can lie beyond, attention to what
#: comes before with convolutions, biases for distances.
FAMILIES = ["xlm_roberta", "modernbert", "lfm2_biased", "mpnet", "t5"]


def expect(folder: Path) -> None:
    model = MultiVectorEncoder(str(folder), device="cpu", local_files_only=True)
    out = {}

    def store(name, embeddings):
        out[name] = torch.cat(embeddings).contiguous()
        out[f"{name}.counts"] = torch.tensor([len(rows) for rows in embeddings], dtype=torch.float32)
        return embeddings

    with torch.inference_mode():
        store("encode", model.encode(TEXTS, batch_size=4))
        queries = store("encode_query", model.encode_query(TEXTS, batch_size=4))
        documents = store("encode_document", model.encode_document(TEXTS, batch_size=4))
        store("pooled", model.encode_document(TEXTS, batch_size=4, token_pooling=HierarchicalTokenPooling(2.5)))
        store("pooled_plain", model.encode_query(TEXTS, batch_size=4, normalize_embeddings=True,
              token_pooling=HierarchicalTokenPooling(3, num_protected_tokens=0, normalize_embeddings=False,
                                                     tasks=["query"])))
        # A document without tokens and a query without any.
        documents[3], queries[2] = documents[3][:0], queries[2][:0]
        default = model.similarity_fn_name
        for name in ["maxsim", "meanmaxsim"]:
            model.similarity_fn_name = name
            out[f"{name}.all"] = model.similarity(queries[:5], documents).contiguous()
            out[f"{name}.pairwise"] = model.similarity_pairwise(queries, documents).contiguous()
    save_file(out, folder / "expected.safetensors", metadata={"similarity": default})


def calm(model: torch.nn.Module) -> None:
    """Smaller weights: of single tokens, no mean of many, the reference's own rounding would else reach 3e-6."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.mul_(0.5)


def body(work: Path, name: str, token: str | None = None, expansion: dict | None = None, **settings) -> Transformer:
    """A random transformer of a family, which expands queries by `token`, or by its mask."""
    model, tokenizer, *rest = architectures.all_models()[name]()
    architectures.randomize(model, architectures.seed_of("vectors" + name), rest[1] if len(rest) > 1 else 1.0)
    calm(model)
    model.save_pretrained(work / name)
    tokenizer.save_pretrained(work / name)
    if expansion:
        settings["query_expansion"] = expansion | ({"token": token} if token else {})
    return Transformer(str(work / name), max_seq_length=architectures.LENGTH, **settings)


def token_of(tokenizer) -> str:
    known = tokenizer.get_vocab()
    return next(token for token in ["<mask>", "[MASK]", "<|im_end|>", "<unk>"] if token in known)


def projection(inputs: int, seed: int) -> Dense:
    dense = Dense(inputs, WIDTH, bias=False, activation_function=torch.nn.Identity(),
                  module_input_name="token_embeddings")
    models.randomize(dense, seed)
    return dense


def bert(folder: Path, seed: int, **settings) -> Path:
    models.transformer(folder, seed, hidden_size=24, intermediate_size=40, **settings)
    model = BertModel.from_pretrained(str(folder))
    calm(model)
    model.save_pretrained(folder)
    return folder


def save(target: Path, modules: list, **settings) -> None:
    MultiVectorEncoder(modules=modules, device="cpu", **settings).save(str(target), create_model_card=False)
    models.finish(target)
    expect(target)


def family(target: Path, work: Path, name: str) -> None:
    tokenizer = architectures.all_models()[name]()[1]
    transformer = body(work, name, token_of(tokenizer), {"strategy": "min", "length": 20, "attend": False})
    save(target, [transformer, projection(transformer.get_embedding_dimension(), 8), MultiVectorMask(),
                  Normalize(module_input_name="token_embeddings")])


def native(target: Path, work: Path) -> None:
    """Layouts and settings of the reference itself, all of BERT."""
    def transformer(seed, **settings):
        return Transformer(str(bert(work / "bert", seed)), max_seq_length=40, **settings)

    normalize = lambda: Normalize(module_input_name="token_embeddings")
    punctuation = list(string.punctuation)
    for seed, strategy in enumerate(["fixed", "min"]):
        for attend in [False, True]:
            save(target / f"{strategy}_{'attended' if attend else 'hidden'}",
                 [transformer(41 + seed, document_length=20, **({"query_length": 24} if strategy == "min" else {}),
                              query_expansion={"strategy": strategy, "length": 16, "attend": attend}),
                  projection(24, 43), MultiVectorMask(punctuation), normalize()],
                 prompts={"query": "search: ", "document": "passage: "})
    # Lists for other tasks, and a model that is neither projected nor normalised.
    save(target / "skipping", [
        transformer(44, query_length=9, document_length=30),
        MultiVectorMask(["the", "is", ".", "[CLS]", "nowhere", "[UNK]"], skiplist_tasks=["query", "document"])],
        similarity_fn_name="meanmaxsim")
    words = models.tokenizer(work / "vocabulary").convert_tokens_to_ids(["the", "is", "[CLS]", "berlin", "##x"])
    save(target / "keeping", [
        transformer(45), projection(24, 46), MultiVectorMask(keep_only_token_ids=words), normalize()])
    # Expansion tokens that nothing keeps.
    save(target / "unmasked", [
        transformer(47, query_expansion={"strategy": "fixed", "length": 12}), projection(24, 48), normalize()])
    save(target / "pooling", [
        transformer(49), projection(24, 50), MultiVectorMask(punctuation), normalize(),
        HierarchicalTokenPooling(2, num_protected_tokens=2, tasks=["query", "document"])])
    save(target / "pooling_old", [
        transformer(51), projection(24, 52), MultiVectorMask(), normalize(), HierarchicalTokenPooling(1.5)])
    config = target / "pooling_old" / "4_HierarchicalTokenPooling" / "config.json"
    config.write_text(json.dumps({"pool_factor": 1.5, "num_protected_tokens": 1}) + "\n", encoding="utf-8")
    expect(target / "pooling_old")


def pylate(folder: Path, seed: int, settings: dict, tokens: list[AddedToken] = []) -> None:
    bert(folder, seed)
    if tokens:
        from transformers import AutoTokenizer
        tokenizer = AutoTokenizer.from_pretrained(str(folder))
        tokenizer.add_tokens(tokens)
        tokenizer.save_pretrained(folder)
        weights = load_file(folder / "model.safetensors")
        table = weights["embeddings.word_embeddings.weight"]
        torch.manual_seed(seed)
        weights["embeddings.word_embeddings.weight"] = torch.cat([table, torch.randn(len(tokens), table.shape[1])])
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        config = json.loads((folder / "config.json").read_text())
        config["vocab_size"] += len(tokens)
        (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    (folder / "1_Dense").mkdir()
    save_file({"linear.weight": projection(24, seed + 1).linear.weight.detach()}, folder / "1_Dense" / "model.safetensors")
    (folder / "1_Dense" / "config.json").write_text(json.dumps({
        "in_features": 24, "out_features": WIDTH, "bias": False,
        "activation_function": "torch.nn.modules.linear.Identity"}) + "\n")
    (folder / "modules.json").write_text(json.dumps([
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Dense", "type": "pylate.models.Dense.Dense"}]) + "\n")
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 30, "do_lower_case": False}) + "\n")
    (folder / "config_sentence_transformers.json").write_text(json.dumps(settings) + "\n")
    expect(folder)


def stanford(folder: Path, seed: int, metadata: dict | None) -> None:
    bert(folder, seed)
    weights = {f"bert.{name}": tensor for name, tensor in load_file(folder / "model.safetensors").items()}
    weights["linear.weight"] = projection(24, seed + 1).linear.weight.detach()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text())
    config["architectures"] = ["HF_ColBERT"]
    (folder / "config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n")
    if metadata:
        (folder / "artifact.metadata").write_text(json.dumps(metadata) + "\n")
    expect(folder)


def generate(root: Path) -> None:
    target = root / "vectors"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    (target / "texts.json").write_text(json.dumps(TEXTS, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        native(target, work)
        for name in FAMILIES:
            family(target / name, work, name)
    # Its own tokens before texts: "[Q] " is one that the tokenizer would never find, "[unused0]" one that it would split.
    pylate(target / "pylate", 61, {
        "model_type": "ColBERT", "__version__": {"sentence_transformers": "4.0.2"}, "prompts": {"document": "passage: "},
        "default_prompt_name": None, "similarity_fn_name": "MaxSim", "query_prefix": "[Q] ",
        "document_prefix": "[unused0] ", "query_length": 12, "document_length": 36, "attend_to_expansion_tokens": False,
        "skiplist_words": [".", ",", "the"]}, [AddedToken("[Q] ", normalized=True)])
    # Of before it named its kind; no expansion, and prefixes that are no tokens.
    pylate(target / "pylate_old", 63, {
        "prompts": {}, "default_prompt_name": None, "similarity_fn_name": "cosine", "query_prefix": "[Q] ",
        "document_prefix": "[D] ", "query_length": 10, "document_length": 25, "do_query_expansion": False})
    pylate(target / "pylate_attended", 65, {
        "model_type": "ColBERT", "prompts": {}, "query_length": None, "attend_to_expansion_tokens": True})
    stanford(target / "stanford", 67, {
        "query_token_id": "[unused0]", "doc_token_id": "[UNK]", "query_maxlen": 14, "doc_maxlen": 22,
        "mask_punctuation": False, "attend_to_mask_tokens": False})
    stanford(target / "stanford_plain", 69, None)
