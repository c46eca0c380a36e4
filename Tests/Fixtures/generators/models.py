# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Tiny random models of odd sizes, in every layout that is read, with the reference's embeddings."""

import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers import models as st
from transformers import BertConfig, BertForMaskedLM, BertModel, BertTokenizer

WORDS = """the weather is lovely today it so sunny outside he drove to stadium a man eating food pasta plays guitar
query passage search result how many people live in berlin ? . , ! ' - ( ) ##s ##ing ##ed ##ly un ##able ##ness
cafe uber 北 京 天 0 1 2 3 4 5 6 7 8 9 x y z ##x ##y ##z""".split()

TEXTS = [
    "The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium.", "",
    " \t\n", "unknownness", "how many people live in Berlin?", "Café — über!", "北京天 berlin", "a", "x" * 130,
    "the man plays guitar, eating pasta in berlin. " * 12, "search: query (passage) result", "[MASK] is [SEP] lovely",
]
PAIRS = [["how many people live in berlin?", "many people"], ["a", ""], ["", "food"]]


def tokenizer(folder: Path, **settings) -> BertTokenizer:
    vocabulary = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list(dict.fromkeys(WORDS))
    vocabulary += [chr(c) for c in range(ord("a"), ord("z") + 1) if chr(c) not in vocabulary]
    vocabulary += [f"##{chr(c)}" for c in range(ord("a"), ord("z") + 1) if f"##{chr(c)}" not in vocabulary]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    return BertTokenizer.from_pretrained(str(folder), model_max_length=64, **settings)


def config(vocabulary: int, **settings) -> BertConfig:
    return BertConfig(**(dict(
        vocab_size=vocabulary, hidden_size=48, num_attention_heads=3, intermediate_size=100, num_hidden_layers=2,
        max_position_embeddings=64, type_vocab_size=2, hidden_dropout_prob=0.1) | settings))


def randomize(model: torch.nn.Module, seed: int) -> None:
    """Weights so large that a mistake in any of them shows."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("LayerNorm.weight") or name.endswith("norm.weight"):
                parameter.copy_(1 + 0.3 * torch.randn(parameter.shape))
            elif parameter.dim() == 1:
                parameter.copy_(0.3 * torch.randn(parameter.shape))
            else:
                parameter.copy_(torch.randn(parameter.shape) * 1.5 / parameter.shape[-1] ** 0.5)


def transformer(work: Path, seed: int, model_class=BertModel, dtype=None, **settings) -> Path:
    shutil.rmtree(work, ignore_errors=True)
    tokens = tokenizer(work)
    model = model_class(config(len(tokens), **settings))
    randomize(model, seed)
    (model.to(dtype) if dtype else model).save_pretrained(work)
    (work / "vocab.txt").unlink()
    tokens.save_pretrained(work)
    return work


def expect(folder: Path, calls: dict, gradients: bool = False) -> None:
    """Stores what the reference gives for a saved folder: one tensor for each call."""
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True).float()
    out = {}
    for name, (inputs, settings) in calls.items():
        settings = dict(settings)
        method = getattr(model, settings.pop("method", "encode"))
        result = method(inputs, batch_size=5, convert_to_tensor=True, **settings)
        if settings.get("output_value") == "token_embeddings":
            for index, tokens in enumerate(result):
                out[f"{name}.{index}"] = tokens.contiguous()
        else:
            out[name] = result.contiguous()
    if gradients:
        model.train(False)
        features = model.preprocess(TEXTS)
        embeddings = model(features)["sentence_embedding"]
        torch.manual_seed(7)
        seed = torch.randn(embeddings.shape)
        out["gradient.seed"] = seed
        embeddings.backward(seed)
        for name, parameter in model[0].auto_model.named_parameters():
            if parameter.grad is not None:
                out[f"gradient.{name}"] = parameter.grad.contiguous()
    save_file(out, folder / "expected.safetensors")


def finish(folder: Path) -> None:
    (folder / "README.md").unlink(missing_ok=True)
    for path in folder.rglob("*"):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def generate(root: Path) -> None:
    target, work = root / "models", root / "models" / ".work"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    (target / "texts.json").write_text(
        json.dumps({"texts": TEXTS, "pairs": PAIRS}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    plain = {"texts": (TEXTS, {}), "pairs": (PAIRS, {}), "normalized": (TEXTS, {"normalize_embeddings": True})}

    def save(name, modules, calls=plain, gradients=False, **settings):
        SentenceTransformer(modules=modules, device="cpu", **settings).save(str(target / name), create_model_card=False)
        finish(target / name)
        expect(target / name, calls, gradients)

    # The usual layout: mean pooling and normalisation.
    body = lambda seed, **s: st.Transformer(str(transformer(work, seed, **s)), max_seq_length=40)
    save("mean", [body(1), st.Pooling(48, "mean"), st.Normalize()],
         plain | {"tokens": (TEXTS, {"output_value": "token_embeddings"})}, gradients=True)

    # Every pooling, and a tail of all other modules.
    modes = ["cls", "lasttoken", "max", "mean", "mean_sqrt_len_tokens", "weightedmean"]
    dense = st.Dense(288, 31, activation_function=torch.nn.Tanh())
    norm = st.LayerNorm(31)
    plain_dense = st.Dense(31, 20, bias=False, activation_function=torch.nn.Identity())
    for seed, module in enumerate([dense, norm, plain_dense]):
        randomize(module, 50 + seed)
    save("tail", [body(2, hidden_act="gelu_new", num_hidden_layers=1), st.Pooling(48, modes), dense, st.Dropout(0.1),
                  norm, plain_dense])

    # Prompts that count in attention and not in pooling; truncated dimensions; another similarity.
    prompts = {"query": "search: ", "passage": "passage result. ", "long": "how many people live in "}
    calls = {
        "texts": (TEXTS, {}),
        "query": (TEXTS, {"method": "encode_query"}),
        "document": (TEXTS, {"method": "encode_document"}),
        "long": (TEXTS, {"prompt_name": "long"}),
        "explicit": (TEXTS, {"prompt": "the weather is "}),
        "dimensions": (TEXTS, {"truncate_dim": 12, "normalize_embeddings": True}),
        "int8": (TEXTS, {"precision": "int8"}),
        "uint8": (TEXTS, {"precision": "uint8"}),
        "binary": (TEXTS, {"precision": "binary"}),
        "ubinary": (TEXTS, {"precision": "ubinary"}),
    }
    save("prompts", [body(3, hidden_act="relu"), st.Pooling(48, ["weightedmean", "cls", "max"], include_prompt=False)],
         calls, prompts=prompts, default_prompt_name="passage", similarity_fn_name="dot", truncate_dim=45)

    # A plain folder: no modules.json, weights of a head model under "bert.", old parameter names, two shards.
    folder = transformer(target / "plain", 4, model_class=BertForMaskedLM)
    weights = {}
    for name, tensor in load_file(folder / "model.safetensors").items():
        name = name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")
        weights[name] = tensor
    (folder / "model.safetensors").unlink()
    names = sorted(weights)
    shards = {"model-00001-of-00002.safetensors": names[::2], "model-00002-of-00002.safetensors": names[1::2]}
    for file, members in shards.items():
        save_file({name: weights[name] for name in members}, folder / file, metadata={"format": "pt"})
    index = {"metadata": {"total_size": sum(t.nbytes for t in weights.values())},
             "weight_map": {name: file for file, members in shards.items() for name in members}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2, sort_keys=True) + "\n")
    expect(folder, plain)

    # Half-precision files, old configuration forms, lower-casing asked for in sentence_bert_config.json.
    for name, dtype, seed in [("float16", torch.float16, 5), ("bfloat16", torch.bfloat16, 6)]:
        folder = transformer(target / name, seed, dtype=dtype, num_hidden_layers=1)
        (folder / "1_Pooling").mkdir()
        (folder / "1_Pooling" / "config.json").write_text(json.dumps({
            "word_embedding_dimension": 48, "pooling_mode_cls_token": name == "float16",
            "pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": name == "bfloat16",
            "pooling_mode_mean_sqrt_len_tokens": False}))
        (folder / "modules.json").write_text(json.dumps([
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}]))
        (folder / "sentence_bert_config.json").write_text(json.dumps(
            {"max_seq_length": 30, "do_lower_case": name == "float16"}))
        expect(folder, plain)
    shutil.rmtree(work, ignore_errors=True)
