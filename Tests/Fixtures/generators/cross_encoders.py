# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes cross_encoders/: a tiny random model for every way to score pairs, with the reference's scores."""

import json
import re
import shutil
import tempfile
from pathlib import Path

import torch
import transformers as hf
from safetensors.torch import load_file, save_file
from sentence_transformers import CrossEncoder, SentenceTransformer
from sentence_transformers import models as st
from sentence_transformers.cross_encoder.modules import LogitScore

from generators import architectures as tiny
from generators import models

PAIRS = [
    ["how many people live in Berlin?", "Berlin has many people."], ["how many people live in Berlin?", "pasta"],
    ["a", ""], ["", "food"], ["", ""], ["Café — über!", "北京天气很好 berlin"],
    ["the man plays guitar. " * 4, "he drove to the stadium " * 9], ["x", "the weather is lovely today " * 12],
    ["the weather is lovely today " * 12, "it's sunny"], ["is it sunny?", "It's so sunny outside!"],
    ["is it sunny?", "It's so sunny outside!"], ["yes", "no"],
]
LENGTH = 40
SIZES = dict(hidden_size=16, num_attention_heads=2, intermediate_size=24, num_hidden_layers=2)
DECODER = SIZES | dict(num_key_value_heads=1, head_dim=8, max_position_embeddings=128)
ENCODER_PARTS = re.compile(
    r"\.layers?\.|layer_groups|embeddings|embed_tokens|^model\.norm|encoder\.LayerNorm|final_norm|hidden_mapping")


def expect(folder: Path, calls: dict, gradients: bool = False) -> None:
    """Stores what the reference gives for a saved folder: one tensor `[pairs, labels]` for each call."""
    model = CrossEncoder(str(folder), device="cpu", local_files_only=True).float().eval()
    out = {}
    for name, settings in calls.items():
        scores = model.predict(PAIRS, batch_size=5, convert_to_tensor=True, **settings)
        out[name] = scores.reshape(len(PAIRS), -1).contiguous()
    if gradients:
        network = model[0].model
        scores = model(model.preprocess(PAIRS))["scores"]
        torch.manual_seed(7)
        out["gradient.seed"] = torch.randn(scores.shape)
        scores.backward(out["gradient.seed"])
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.copy_(parameter.grad if parameter.grad is not None else torch.zeros_like(parameter))
        with tempfile.TemporaryDirectory() as saved:
            network.save_pretrained(saved)
            for name, tensor in load_file(Path(saved) / "model.safetensors").items():
                if not ENCODER_PARTS.search(name):
                    out[f"gradient.{name}"] = tensor
    save_file(out, folder / "expected.safetensors")


def classifiers() -> dict:
    """For every name a function that gives the model and the tokenizer, and whether the folder has modules.json."""
    def build(config_class, model_class, tokenizer, labels, center=1.0, **settings):
        def made():
            tokens = tokenizer()
            sizes = settings if "dim" in settings else SIZES | settings
            config = config_class(vocab_size=len(tokens), num_labels=labels, max_position_embeddings=64, **sizes) \
                if "head_dim" not in settings else config_class(vocab_size=len(tokens), num_labels=labels, **settings)
            return model_class(config), tokens, center
        return made

    def decoder(config_class, model_class, labels, side="right", center=1.0, **settings):
        return build(config_class, model_class, lambda: tiny.decoder_bytes(side), labels, center,
                     **(DECODER | dict(pad_token_id=2) | settings))

    def eurobert(pooling, labels):
        return decoder(hf.EuroBertConfig, hf.EuroBertForSequenceClassification, labels, classifier_pooling=pooling,
                       bos_token_id=None, eos_token_id=0, mask_token_id=1)

    def modernbert(pooling, labels, **settings):
        return build(hf.ModernBertConfig, hf.ModernBertForSequenceClassification, tiny.modern_bytes, labels,
                     local_attention=10, pad_token_id=0, bos_token_id=2, eos_token_id=3, cls_token_id=2,
                     sep_token_id=3, classifier_pooling=pooling, **settings)

    roberta = dict(pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1)
    words, pieces = tiny.word_pieces, tiny.roberta_bytes
    return {
        "bert": (build(hf.BertConfig, hf.BertForSequenceClassification, words, 1), False),
        "bert_labels": (build(hf.BertConfig, hf.BertForSequenceClassification, words, 3,
                              id2label={0: "contradiction", 1: "entailment", 2: "neutral"}), True),
        "roberta": (build(hf.RobertaConfig, hf.RobertaForSequenceClassification, pieces, 1, **roberta), True),
        "roberta_labels": (build(hf.RobertaConfig, hf.RobertaForSequenceClassification, pieces, 3, **roberta), False),
        "xlm_roberta": (
            build(hf.XLMRobertaConfig, hf.XLMRobertaForSequenceClassification, pieces, 1, **roberta), False),
        "camembert": (build(hf.CamembertConfig, hf.CamembertForSequenceClassification, pieces, 3, **roberta), False),
        "electra": (build(hf.ElectraConfig, hf.ElectraForSequenceClassification, words, 1, embedding_size=8), False),
        "albert": (build(hf.AlbertConfig, hf.AlbertForSequenceClassification, words, 3, embedding_size=8), True),
        "mpnet": (build(hf.MPNetConfig, hf.MPNetForSequenceClassification, words, 1), False),
        "distilbert": (build(
            hf.DistilBertConfig, hf.DistilBertForSequenceClassification, words, 3, dim=16, n_heads=2, hidden_dim=24,
            n_layers=2), True),
        "deberta": (build(
            hf.DebertaConfig, hf.DebertaForSequenceClassification, pieces, 1, pad_token_id=1, relative_attention=True,
            pos_att_type="c2p|p2c", position_biased_input=False, max_relative_positions=20), False),
        "deberta_v2": (build(
            hf.DebertaV2Config, hf.DebertaV2ForSequenceClassification, words, 3, relative_attention=True,
            position_buckets=6, norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type="p2c|c2p",
            position_biased_input=False, max_relative_positions=30, type_vocab_size=0), False),
        "modernbert": (modernbert("cls", 1), False),
        "modernbert_mean": (modernbert("mean", 3, classifier_bias=True, norm_bias=True), True),
        "nomic_bert": (build(hf.NomicBertConfig, hf.NomicBertForSequenceClassification, words, 1), False),
        "gte": (build(hf.GteConfig, hf.GteForSequenceClassification, pieces, 3, pad_token_id=1), False),
        "eurobert_bos": (eurobert("bos", 1), False),
        "eurobert_mean": (eurobert("mean", 3), True),
        "eurobert_late": (eurobert("late", 1), False),
        "qwen2": (decoder(hf.Qwen2Config, hf.Qwen2ForSequenceClassification, 3, "left"), True),
        "qwen3": (decoder(hf.Qwen3Config, hf.Qwen3ForSequenceClassification, 1), False),
        "llama": (decoder(hf.LlamaConfig, hf.LlamaForSequenceClassification, 1), True),
        "mistral": (decoder(hf.MistralConfig, hf.MistralForSequenceClassification, 3, sliding_window=6), False),
        "gemma3": (decoder(
            hf.Gemma3TextConfig, hf.Gemma3TextForSequenceClassification, 1, "left", 0.0, query_pre_attn_scalar=6,
            sliding_window=6, bos_token_id=None, eos_token_id=0,
            layer_types=["sliding_attention", "full_attention"]), False),
    }


def write(folder: Path, model, tokens, seed: int, center: float, length: int = LENGTH) -> Path:
    tiny.randomize(model, seed, center)
    tokens.model_max_length = length
    model.save_pretrained(folder)
    tokens.save_pretrained(folder)
    return folder


IDENTITY = {"activation_fn": torch.nn.Identity()}


def make_classifier(target: Path, build, has_modules: bool) -> None:
    model, tokens, center = build()
    labels = model.config.num_labels
    seed = tiny.seed_of(target.name)
    if has_modules:
        with tempfile.TemporaryDirectory() as folder:
            write(Path(folder), model, tokens, seed, center)
            CrossEncoder(folder, device="cpu").save(str(target), create_model_card=False)
    else:
        write(target, model, tokens, seed, center)
    models.finish(target)
    calls = {"default": {}, "logits": IDENTITY} | ({"softmax": {"apply_softmax": True}} if labels > 1 else {})
    expect(target, calls, gradients=True)


def causal_tokens() -> hf.PreTrainedTokenizerBase:
    tokens = tiny.decoder_bytes("right")
    tokens.add_tokens(["yes", "no"])
    return tokens


def causal(config_class, model_class, tokens, **settings):
    return model_class(config_class(vocab_size=len(tokens), pad_token_id=2, **(DECODER | settings)))


# Roles of a pair and a system message, the rest of the template behind the document, as Qwen3-Reranker has it.
RERANKER_TEMPLATE = """{%- set instruction = namespace(text="Find what answers the query.") -%}
{%- for message in messages if message.role == "system" -%}
    {%- set instruction.text = message.content -%}
{%- endfor -%}
<|im_end|>system: yes or no.
<Instruct>: {{ instruction.text }}
{% for message in messages if message.role == "user" %}
<Text>: {{ message.content }}
{% else %}
<Query>: {{ messages | selectattr("role", "eq", "query") | map(attribute="content") | first }}
<Document>: {{ (messages | selectattr("role", "eq", "document") | first).content | trim }}
{%- endfor %}<|im_end|>
assistant:
"""


def make_causal(target: Path) -> None:
    plain = {"default": {}, "logits": IDENTITY}
    tokens = causal_tokens()
    write(target / "causal", causal(hf.Qwen3Config, hf.Qwen3ForCausalLM, tokens, tie_word_embeddings=True), tokens,
          1, 1.0)
    expect(target / "causal", plain)

    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), causal(hf.LlamaConfig, hf.LlamaForCausalLM, tokens, tie_word_embeddings=False), tokens,
              2, 1.0)
        body = st.Transformer(folder, transformer_task="text-generation")
        CrossEncoder(modules=[body, LogitScore(true_token_id=40)], device="cpu", activation_fn=torch.nn.Tanh()).save(
            str(target / "causal_modules"), create_model_card=False)
    models.finish(target / "causal_modules")
    expect(target / "causal_modules", plain)

    # Pairs become messages: from a folder of Hugging Face's with the template in the tokenizer's configuration, and
    # from one of the reference's.
    calls = plain | {"prompt": {"prompt": "Say whether it is sunny."}}
    model = causal(hf.Qwen3Config, hf.Qwen3ForCausalLM, tokens, max_position_embeddings=256)
    folder = write(target / "chat", model, tokens, 3, 1.0, length=200)
    path = folder / "tokenizer_config.json"
    config = json.loads(path.read_text())
    path.write_text(json.dumps(config | {"chat_template": RERANKER_TEMPLATE}, indent=2) + "\n")
    expect(folder, calls)
    # Single texts become messages of the user, and prompts messages of the system, in encoders of plain folders too.
    encoder = SentenceTransformer(str(folder), device="cpu", local_files_only=True).float()
    texts = [pair[0] for pair in PAIRS]
    recorded = load_file(folder / "expected.safetensors") | {
        "embeddings": encoder.encode(texts, batch_size=5, convert_to_tensor=True).contiguous(),
        "prompted": encoder.encode(texts, batch_size=5, convert_to_tensor=True, prompt="Sunny: ").contiguous()}
    save_file(recorded, folder / "expected.safetensors")
    model = CrossEncoder(str(folder), device="cpu", prompts={"sun": "Say whether it is sunny."})
    model.save(str(target / "chat_modules"), create_model_card=False)
    models.finish(target / "chat_modules")
    expect(target / "chat_modules", calls | {"named": {"prompt_name": "sun"}})


def make_dense(target: Path) -> None:
    """Scores by a Dense module on top of an encoder; prompts stand before the first text."""
    with tempfile.TemporaryDirectory() as folder:
        body = st.Transformer(str(models.transformer(Path(folder) / "work", 31, num_hidden_layers=1)),
                              max_seq_length=LENGTH)
        dense = st.Dense(48, 1, activation_function=torch.nn.Identity(), module_output_name="scores")
        models.randomize(dense, 32)
        prompts = {"query": "search: ", "long": "how many people live in "}
        CrossEncoder(modules=[body, st.Pooling(48, "cls"), dense], device="cpu", prompts=prompts,
                     default_prompt_name="query").save(str(target), create_model_card=False)
    models.finish(target)
    expect(target, {"default": {}, "logits": IDENTITY, "long": {"prompt_name": "long"}, "none": {"prompt": ""},
                    "explicit": {"prompt": "the weather is "}})


def activations(root: Path) -> list[dict]:
    """What the reference makes of the places that may name an activation; paths that it refuses are left out."""
    identity, tanh = "torch.nn.modules.linear.Identity", "torch.nn.Tanh"
    cases = [
        ("bert", {}, {}), ("bert_labels", {"activation_fn": None}, {}), ("bert_labels", {"activation_fn": tanh}, {}),
        ("bert", {}, {"sbert_ce_default_activation_function": identity}),
        ("bert", {}, {"sbert_ce_default_activation_function": "mine.Activation"}),
        ("bert", {}, {"sentence_transformers": {"activation_fn": tanh, "version": "4.0.0"}}),
        ("bert", {}, {"sentence_transformers": {"activation_fn": "mine.Activation"},
                      "sbert_ce_default_activation_function": identity}),
        ("bert", {}, {"sentence_transformers": {"version": "4.0.0"}, "sbert_ce_default_activation_function": identity}),
        ("bert", {"activation_fn": identity}, {}), ("roberta", {"activation_fn": identity}, {}),
        ("roberta", {"activation_fn": "mine.Activation"}, {}),
        ("roberta", {"activation_fn": "mine.Activation"}, {"sbert_ce_default_activation_function": tanh}),
        ("roberta", {"activation_fn": None}, {"sentence_transformers": {"activation_fn": tanh}}),
        ("roberta", {"activation_fn": "torch.nn.modules.activation.ReLU"}, {}),
        ("roberta", {"activation_fn": "torch.nn.modules.activation.GELU"}, {}),
        ("roberta", {"activation_fn": "torch.nn.SiLU"}, {}),
        ("bert_labels", {"activation_fn": "torch.nn.modules.activation.Softmax"}, {}),
        ("bert_labels", {"activation_fn": "torch.nn.modules.activation.Sigmoid"}, {}),
    ]
    results = []
    for name, settings, config in cases:
        with tempfile.TemporaryDirectory() as work:
            folder = Path(shutil.copytree(root / name, Path(work) / "model"))
            for file, changes in [("config_sentence_transformers.json", settings), ("config.json", config)]:
                path = folder / file
                if changes:
                    old = json.loads(path.read_text()) if path.exists() else {"model_type": "CrossEncoder"}
                    path.write_text(json.dumps(old | changes))
            model = CrossEncoder(str(folder), device="cpu", local_files_only=True)
            scores = model.predict(PAIRS[:3], convert_to_tensor=True).reshape(-1).tolist()
            results.append({"model": name, "settings": settings, "config": config, "scores": scores})
    return results


def generate(root: Path) -> None:
    target = root / "cross_encoders"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    (target / "pairs.json").write_text(json.dumps(PAIRS, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, (build, has_modules) in classifiers().items():
        make_classifier(target / name, build, has_modules)
    make_causal(target)
    make_dense(target / "dense")
    (target / "activations.json").write_text(json.dumps(activations(target), indent=1) + "\n", encoding="utf-8")
