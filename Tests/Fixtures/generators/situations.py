# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""What models in the wild have: each case changes files of another fixture and records what the reference gives then.

A case holds the changes, not the files; the tests make the same changes to a copy of the same fixture. So this part
runs after those that make the fixtures.
"""

import json
import shutil
from pathlib import Path

import numpy as np
from safetensors.torch import load_file, save_file
from sentence_transformers import CrossEncoder, SentenceTransformer, SparseEncoder
from transformers import AutoTokenizer

TEXTS = ["The weather is lovely today.", "", "how many people live in Berlin?", "a [SEP] b [MASK]",
         "the man plays guitar, eating pasta in berlin. he drove to the stadium, so sunny outside today."]
WORDS = ["the weather is lovely", "caf\u00e9 cafe\u0301 berlin", "", "people live in berlin"]
PAIRS = [["how many people live in berlin?", "many people"], ["a", "b [SEP] c"], ["the weather", "is lovely today"]]


def change(folder: Path, case: dict) -> None:
    for file, members in case.get("json", {}).items():
        path = folder / file
        value = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        value.update(members)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    for file, (old, new) in case.get("text", {}).items():
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{case['name']}: {file} has no {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
    for file in case.get("removed", []):
        (folder / file).unlink()
    if "tensors" in case:
        path = folder / "model.safetensors"
        tensors = load_file(path)
        for name, (source, scale) in case["tensors"].items():
            tensors[name] = tensors[source].clone() * scale
        save_file(tensors, path, metadata={"format": "pt"})


def expect(folder: Path, case: dict) -> dict:
    settings = dict(device="cpu", local_files_only=True)
    inputs = case["inputs"]
    match case["kind"]:
        case "tokens":
            tokenizer = AutoTokenizer.from_pretrained(folder)
            return {"ids": [tokenizer(text)["input_ids"] for text in inputs]}
        case "pairs":
            model = CrossEncoder(str(folder), **settings)
            scores = model.predict([tuple(pair) for pair in inputs], batch_size=1, activation_fn=None)
            return {"rows": np.atleast_2d(np.asarray(scores, dtype=np.float64).reshape(len(inputs), -1)).tolist()}
        case "sparse":
            model = SparseEncoder(str(folder), **settings)
            return {"rows": model.encode(inputs, batch_size=1).to_dense().double().tolist()}
        case _:
            model = SentenceTransformer(str(folder), **settings)
            prompt = {key: case[key] for key in ("prompt", "prompt_name") if key in case}
            return {"rows": model.encode(inputs, batch_size=1, **prompt).astype(np.float64).tolist()}


def cases() -> list[dict]:
    result = []

    def add(name, base, kind="dense", inputs=None, **changes):
        inputs = inputs or {"pairs": PAIRS, "dense": TEXTS}.get(kind, TEXTS)
        result.append(dict(name=name, base=base, kind=kind, inputs=inputs, **changes))

    def tokenizer(**members):
        return {"tokenizer_config.json": members}

    # Token types: by the tokenizer's class, or as the file says.
    pairs = "cross_encoders/bert"
    add("token types of BERT", pairs, "pairs")
    for name in ["DistilBertTokenizer", "PreTrainedTokenizerFast", "ElectraTokenizer"]:
        add(f"token types, {name}", pairs, "pairs", json=tokenizer(tokenizer_class=name))
    add("token types, inputs named without", pairs, "pairs", json=tokenizer(model_input_names=["input_ids", "attention_mask"]))
    add("token types, inputs named with", pairs, "pairs",
        json=tokenizer(tokenizer_class="DistilBertTokenizer", model_input_names=["input_ids", "token_type_ids", "attention_mask"]))

    # Texts that spell special tokens.
    for value in (True, False):
        add(f"split_special_tokens {value}", "models/mean", json=tokenizer(split_special_tokens=value))
        add(f"split_special_tokens {value}, pairs", pairs, "pairs", json=tokenizer(split_special_tokens=value))

    # Arguments that authors keep beside a module.
    for name, members in {
        "tokenizer_args side": dict(tokenizer_args=dict(truncation_side="left")),
        "processor_kwargs side": dict(processor_kwargs=dict(truncation_side="left")),
        "old name before new": dict(tokenizer_args=dict(truncation_side="left"), processor_kwargs=dict(truncation_side="right")),
        "length": dict(tokenizer_args=dict(model_max_length=9)), "case": dict(tokenizer_args=dict(do_lower_case=False)),
        "config_args": dict(config_args=dict(hidden_act="relu")),
        "config_kwargs": dict(config_kwargs=dict(hidden_act="mish", layer_norm_eps=0.1)),
        "harmless": dict(model_args=dict(trust_remote_code=True), config_args=dict(trust_remote_code=True),
                         tokenizer_args=dict(trust_remote_code=True)),
    }.items():
        add(f"arguments, {name}", "models/mean", json={"sentence_bert_config.json": dict(max_seq_length=12) | members})

    # What tokenizer.json itself says of lengths and directions.
    def truncation(direction, length):
        return {"truncation": dict(direction=direction, max_length=length, strategy="LongestFirst", stride=0)}
    add("direction in tokenizer.json", "models/mean", json={
        "tokenizer.json": truncation("Left", 512), "sentence_bert_config.json": dict(max_seq_length=9)})
    add("direction in both", "models/mean", json={
        "tokenizer.json": truncation("Left", 512), "sentence_bert_config.json": dict(max_seq_length=9),
        "tokenizer_config.json": dict(truncation_side="right")})
    for direction in ("Left", "Right"):
        add(f"static, {direction}", "words/static", json={"tokenizer.json": truncation(direction, 3)})
    add("static, other files", "words/static", json=tokenizer(tokenizer_class="BertTokenizer", do_lower_case=False))
    add("static in a router", "modules/router", json={"query_0_StaticEmbedding/tokenizer.json": truncation("Left", 2)},
        prompt_name="query")

    # Directions of attention, with windows.
    window = dict(is_causal=False, sliding_window=3)
    add("mistral, both directions", "architectures/mistral", json={"config.json": window})
    for name in ("qwen2", "qwen3"):
        add(f"{name}, both directions", f"architectures/{name}", json={
            "config.json": window | dict(use_sliding_window=True, max_window_layers=1,
                                         layer_types=["full_attention", "sliding_attention"])})
    for is_causal in (True, False):
        for is_bidirectional in (True, False):
            add(f"gemma3, {is_causal}, {is_bidirectional}", "architectures/gemma3", json={"config.json": dict(
                is_causal=is_causal, use_bidirectional_attention=is_bidirectional, sliding_window=4)})

    layer_types = ["sliding_attention", "full_attention"]
    for is_causal in (True, False):
        add(f"mistral, types of layers, {is_causal}", "architectures/mistral", json={"config.json": dict(
            is_causal=is_causal, sliding_window=4, layer_types=layer_types)})
    add("mistral, full layers", "architectures/mistral", json={"config.json": dict(
        sliding_window=4, layer_types=["full_attention"] * 2)})
    for name, members in {
        "half window": dict(sliding_window=3), "both windows": dict(sliding_window=4, local_attention=20),
        "whole window": dict(local_attention=7),
    }.items():
        add(f"modernbert, {name}", "architectures/modernbert", json={"config.json": members})
    for members in (dict(dense_act_fn="tanh"), dict(dense_act_fn="gelu_new", feed_forward_proj="silu")):
        add(f"t5, {' '.join(members)}", "architectures/t5", json={"config.json": members})

    # A head, or a table, of the file's own beside one that it could be tied to.
    words = "bert.embeddings.word_embeddings.weight"
    for tie in (True, None):
        changes = {"config.json": {} if tie is None else dict(tie_word_embeddings=tie)}
        removed = {} if tie else {"text": {"config.json": ['"tie_word_embeddings"', '"unread"']}}
        add(f"own head, BERT, {tie}", "sparse/bert", "sparse", json=changes, **removed,
            tensors={"cls.predictions.decoder.weight": [words, 1.5]})
    add("own head and bias, untied", "sparse/bert", "sparse", json={"config.json": dict(tie_word_embeddings=False)},
        tensors={"cls.predictions.decoder.weight": [words, 1.5],
                 "cls.predictions.decoder.bias": ["cls.predictions.bias", -2.0]})
    add("own head, DistilBERT", "sparse/distilbert", "sparse",
        tensors={"vocab_projector.weight": ["distilbert.embeddings.word_embeddings.weight", -0.5]})
    add("own head, RoBERTa", "sparse/roberta", "sparse",
        tensors={"lm_head.decoder.weight": ["roberta.embeddings.word_embeddings.weight", 0.5]})
    add("own head, a decoder that scores", "cross_encoders/causal", "pairs",
        json={"config.json": dict(tie_word_embeddings=True)},
        tensors={"lm_head.weight": ["model.embed_tokens.weight", -1.5]})
    add("own table, T5", "architectures/t5", tensors={"encoder.embed_tokens.weight": ["shared.weight", 0.5]})

    # Checkpoints with more than a model needs.
    add("surplus layers", "models/mean", json={"config.json": dict(num_hidden_layers=1)})
    for name in ("mistral", "qwen2", "qwen3", "gemma3", "modernbert"):
        layer = "layers.0.attn" if name == "modernbert" else "layers.0.self_attn"
        add(f"{name}, frequencies", f"architectures/{name}",
            tensors={f"{layer}.rotary_emb.inv_freq": ["final_norm.weight" if name == "modernbert" else "norm.weight", 1]})

    # JSON as Python writes it.
    add("NaN", "models/mean", text={"config.json": ["{", '{"unused": NaN, "more": [Infinity, -Infinity, 1e999], ']})
    add("a key twice", "models/mean", text={"config.json": ["{", '{"hidden_act": "relu", ']})
    add("NaN of a tokenizer", "models/mean", text={"tokenizer_config.json": ["{", '{"unused": NaN, ']})
    add("numbers as switches", "models/mean", json={"1_Pooling/config.json": dict(include_prompt=1)})
    add("null as a switch", "models/prompts", json={"1_Pooling/config.json": dict(include_prompt=None)}, prompt="the weather ")

    # Functions that look at all of an embedding.
    for name in ("Softmax", "LogSoftmax", "Softmin", "Softshrink"):
        add(f"Dense, {name}", "models/tail", json={"5_Dense/config.json": dict(
            activation_function=f"torch.nn.modules.activation.{name}")})

    # Prompts.
    add("a prompt longer than texts may be", "models/prompts", json={
        "sentence_bert_config.json": dict(max_seq_length=8), "1_Pooling/config.json": dict(include_prompt=False)},
        prompt="how many people live in berlin? how many people live in berlin? ")
    names = {"\u00e9": "the weather ", "e\u0301": "many people "}
    for name in names:
        add(f"a prompt named by {len(name)} scalars", "models/mean", prompt_name=name,
            json={"config_sentence_transformers.json": dict(prompts=names, default_prompt_name=None)})

    # Words, tokens and weights that are canonically equivalent.
    def renamed(file, first, second):
        return {file: [f'"{first}"', '"caf\u00e9"']}, {file: [f'"{second}"', '"cafe\u0301"']}
    for base, file in (("words/average", "whitespacetokenizer_config.json"), ("words/bow", "0_BoW/config.json")):
        for index, text in enumerate(renamed(file, "weather", "people")):
            add(f"{base}, form {index}", base, inputs=WORDS, text=text)
    add("added tokens", "tokenizers/uncased", "tokens", inputs=["caf\u00e9 cafe\u0301 a", "cafe\u0301", "caf\u00e9"], json={
        "tokenizer_config.json": dict(added_tokens_decoder={
            str(90000 + index): dict(content=text, lstrip=False, normalized=False, rstrip=False, single_word=False, special=False)
            for index, text in enumerate(["caf\u00e9", "cafe\u0301"])})})
    return result


def generate(root: Path) -> None:
    work, recorded = root / ".situation", []
    for case in cases():
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(root / case["base"], work)
        change(work, case)
        recorded.append(case | expect(work, case))
    shutil.rmtree(work, ignore_errors=True)
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in recorded)
    (root / "situations.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
