# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes architectures/: a tiny random model of every architecture, the reference's embeddings and its gradients."""

import io
import json
import math
import shutil
import tempfile
from pathlib import Path

import sentencepiece
import torch
import transformers as hf
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers import models as st
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from generators import models as tiny

TEXTS = [
    "The weather is lovely today.", "It's so sunny outside!", "", " \t\n", "a", "x" * 130,
    "the man plays guitar, eating pasta in berlin. " * 12, "how many people live in Berlin?",
    "Wie viele Menschen leben in Zürich?", "北京天气很好，天空是蓝色的。", "Сколько людей живёт в Москве?",
    "كم عدد الناس في القاهرة؟", "🙂 café — naïve", "search: query (passage) result",
]
LENGTH = 48


def assembled(model, pre_tokenizer, specials: list[str], single: str, trainer=None, **parts) -> Tokenizer:
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizer
    for name, value in parts.items():
        setattr(tokenizer, name, value)
    if trainer:
        tokenizer.train_from_iterator(TEXTS, trainer)
    names = [token for token in specials if token in single]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=single, pair=single + " " + single.replace("$A", "$B"),
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in names])
    return tokenizer


def bytes_tokenizer(specials: list[str], single: str) -> Tokenizer:
    trainer = trainers.BpeTrainer(
        vocab_size=290, special_tokens=specials, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    return assembled(models.BPE(), pre_tokenizers.ByteLevel(add_prefix_space=False), specials, single, trainer,
                     decoder=decoders.ByteLevel())


def unigram_tokenizer(specials: list[str], single: str) -> Tokenizer:
    trained_model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS), model_writer=trained_model, model_type="unigram", vocab_size=220, num_threads=1,
        minloglevel=2, hard_vocab_limit=False)
    pieces = sentencepiece.SentencePieceProcessor(model_proto=trained_model.getvalue())
    learned = [(pieces.id_to_piece(i), pieces.get_score(i)) for i in range(3, pieces.get_piece_size())]
    model = models.Unigram([(token, 0.0) for token in specials] + learned, unk_id=specials.index("<unk>"))
    tokenizer = assembled(model, pre_tokenizers.Metaspace(), specials, single,
                          normalizer=normalizers.NFKC(), decoder=decoders.Metaspace())
    tokenizer.add_special_tokens(specials)
    return tokenizer


def wrapped(tokenizer: Tokenizer, **names) -> hf.PreTrainedTokenizerFast:
    return hf.PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=LENGTH, **names)


def word_pieces() -> hf.PreTrainedTokenizerBase:
    with tempfile.TemporaryDirectory() as folder:
        return tiny.tokenizer(Path(folder) / "vocabulary")


def roberta_bytes() -> hf.PreTrainedTokenizerBase:
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    return wrapped(bytes_tokenizer(specials, "<s> $A </s>"), pad_token="<pad>", unk_token="<unk>")


def roberta_pieces() -> hf.PreTrainedTokenizerBase:
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    return wrapped(unigram_tokenizer(specials, "<s> $A </s>"), pad_token="<pad>", unk_token="<unk>")


def t5_pieces() -> hf.PreTrainedTokenizerBase:
    return wrapped(unigram_tokenizer(["<pad>", "</s>", "<unk>"], "$A </s>"), pad_token="<pad>", unk_token="<unk>")


def decoder_bytes(padding_side: str) -> hf.PreTrainedTokenizerBase:
    specials = ["<|endoftext|>", "<|im_end|>", "<|pad|>"]
    return wrapped(bytes_tokenizer(specials, "$A <|endoftext|>"), pad_token="<|pad|>", padding_side=padding_side)


def modern_bytes() -> hf.PreTrainedTokenizerBase:
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return wrapped(bytes_tokenizer(specials, "[CLS] $A [SEP]"), pad_token="[PAD]", unk_token="[UNK]")


def randomize(model: torch.nn.Module, seed: int, norm_center: float) -> None:
    """Weights so large that a mistake in any of them shows."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            noise = torch.randn(parameter.shape)
            if name.endswith("SelfAttention.q.weight"):
                # T5 does not scale its products; smaller queries keep softmax from picking single tokens.
                parameter.copy_(noise * 0.4 / parameter.shape[-1] ** 0.5)
            elif parameter.dim() > 1:
                parameter.copy_(noise * (1.0 if "relative" in name else 1.2 / parameter.shape[-1] ** 0.5))
            elif "norm" in name.lower() and name.endswith("weight"):
                parameter.copy_(norm_center + 0.3 * noise)
            else:
                parameter.copy_(0.3 * noise)


def gradients(model: SentenceTransformer) -> dict:
    """The gradients of all parameters under the names that a checkpoint gives the parameters."""
    embeddings = model(model.preprocess(TEXTS))["sentence_embedding"]
    torch.manual_seed(7)
    seed = torch.randn(embeddings.shape)
    embeddings.backward(seed)
    network = model[0].auto_model
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(parameter.grad if parameter.grad is not None else torch.zeros_like(parameter))
    with tempfile.TemporaryDirectory() as folder:
        network.save_pretrained(folder)
        found = load_file(Path(folder) / "model.safetensors")
    return {"gradient.seed": seed} | {f"gradient.{name}": tensor for name, tensor in found.items()}


def make(target: Path, seed: int, model, tokenizer, pooling="mean", norm_center=1.0) -> None:
    randomize(model, seed, norm_center)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        body = st.Transformer(folder, max_seq_length=LENGTH)
        width = body.get_embedding_dimension()
        SentenceTransformer(modules=[body, st.Pooling(width, pooling), st.Normalize()], device="cpu").save(
            str(target), create_model_card=False)
    tiny.finish(target)
    loaded = SentenceTransformer(str(target), device="cpu", local_files_only=True).eval()
    out = {"normalized": loaded.encode(TEXTS, batch_size=5, convert_to_tensor=True).contiguous()}
    save_file(out | gradients(loaded), target / "expected.safetensors")


SIZES = dict(hidden_size=24, num_attention_heads=3, intermediate_size=40, num_hidden_layers=2)
DECODER = SIZES | dict(num_attention_heads=4, num_key_value_heads=2, head_dim=8, max_position_embeddings=256)


def all_models() -> dict:
    """For every name a function that gives the model, the tokenizer and the pooling."""
    def bert_like(config_class, model_class, tokenizer, **settings):
        def build():
            tokens = tokenizer()
            config = config_class(vocab_size=len(tokens), max_position_embeddings=64, **(SIZES | settings))
            return model_class(config), tokens
        return build

    def decoder(config_class, model_class, padding_side, pooling="lasttoken", **settings):
        def build():
            tokens = decoder_bytes(padding_side)
            return model_class(config_class(vocab_size=len(tokens), **(DECODER | settings))), tokens, pooling
        return build

    def distilbert():
        tokens = word_pieces()
        return hf.DistilBertModel(hf.DistilBertConfig(
            vocab_size=len(tokens), dim=24, n_heads=3, hidden_dim=40, n_layers=2, max_position_embeddings=64)), tokens

    def t5(projection, model_class=hf.T5EncoderModel, config_class=hf.T5Config):
        def build():
            tokens = t5_pieces()
            return model_class(config_class(
                vocab_size=len(tokens), d_model=24, d_kv=10, d_ff=40, num_layers=2, num_heads=3,
                relative_attention_num_buckets=12, relative_attention_max_distance=20, feed_forward_proj=projection,
                decoder_start_token_id=0)), tokens
        return build

    def albert():
        tokens = word_pieces()
        return hf.AlbertModel(hf.AlbertConfig(
            vocab_size=len(tokens), embedding_size=16, max_position_embeddings=64, num_hidden_groups=2,
            **(SIZES | dict(num_hidden_layers=4)))), tokens

    def gemma3():
        tokens = decoder_bytes("right")
        config = hf.Gemma3TextConfig(
            vocab_size=len(tokens), query_pre_attn_scalar=6, sliding_window=6, use_bidirectional_attention=True,
            pad_token_id=2, bos_token_id=None, eos_token_id=0,
            layer_types=["sliding_attention", "sliding_attention", "full_attention"],
            **(DECODER | dict(num_hidden_layers=3)))
        return hf.Gemma3TextModel(config), tokens, "mean", 0.0

    roberta = dict(pad_token_id=1, bos_token_id=0, eos_token_id=2, type_vocab_size=1)
    return {
        "distilbert": distilbert,
        "roberta": bert_like(hf.RobertaConfig, hf.RobertaModel, roberta_bytes, **roberta),
        "xlm_roberta": bert_like(hf.XLMRobertaConfig, hf.XLMRobertaModel, roberta_pieces, **roberta),
        "camembert": bert_like(hf.CamembertConfig, hf.CamembertModel, roberta_pieces, **roberta),
        "mpnet": bert_like(hf.MPNetConfig, hf.MPNetModel, word_pieces),
        "modernbert": bert_like(
            hf.ModernBertConfig, hf.ModernBertModel, modern_bytes, num_hidden_layers=3, local_attention=10,
            pad_token_id=0, bos_token_id=2, eos_token_id=3, cls_token_id=2, sep_token_id=3),
        "t5": t5("relu"),
        "t5_gated": t5("gated-gelu"),
        "mt5": t5("gated-silu", hf.MT5EncoderModel, hf.MT5Config),
        "qwen2": decoder(hf.Qwen2Config, hf.Qwen2Model, "left"),
        "qwen3": decoder(hf.Qwen3Config, hf.Qwen3Model, "right", use_sliding_window=True, sliding_window=7,
                         max_window_layers=1),
        "llama_yarn": decoder(hf.LlamaConfig, hf.LlamaModel, "right", rope_parameters={
            "rope_type": "yarn", "rope_theta": 200.0, "factor": 4.0, "original_max_position_embeddings": 16}),
        "deberta": bert_like(
            hf.DebertaConfig, hf.DebertaModel, roberta_bytes, pad_token_id=1, relative_attention=True,
            pos_att_type="c2p|p2c", position_biased_input=False, max_relative_positions=20),
        "deberta_positions": bert_like(
            hf.DebertaConfig, hf.DebertaModel, word_pieces, relative_attention=True, type_vocab_size=2,
            pos_att_type=["p2c", "c2p"]),
        "deberta_v2": bert_like(
            hf.DebertaV2Config, hf.DebertaV2Model, roberta_pieces, pad_token_id=1, relative_attention=True,
            position_buckets=6, norm_rel_ebd="layer_norm", share_att_key=True, pos_att_type="p2c|c2p",
            position_biased_input=False, max_relative_positions=30),
        "deberta_v2_distances": bert_like(
            hf.DebertaV2Config, hf.DebertaV2Model, word_pieces, relative_attention=True, type_vocab_size=2,
            pos_att_type=["p2c", "c2p"], max_relative_positions=12),
        "electra": bert_like(hf.ElectraConfig, hf.ElectraModel, word_pieces, embedding_size=16),
        "albert": albert,
        "nomic_bert": bert_like(hf.NomicBertConfig, hf.NomicBertModel, word_pieces),
        "gemma3": gemma3,
        "llama": decoder(hf.LlamaConfig, hf.LlamaModel, "right", rope_parameters={
            "rope_type": "llama3", "rope_theta": 500.0, "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 16}),
        "mistral": decoder(hf.MistralConfig, hf.MistralModel, "left", sliding_window=6),
        "eurobert": decoder(hf.EuroBertConfig, hf.EuroBertModel, "right", pad_token_id=2, bos_token_id=None,
                            eos_token_id=0, mask_token_id=1),
        "lfm2": decoder(
            hf.Lfm2Config, hf.Lfm2Model, "right", "mean", num_hidden_layers=3, block_multiple_of=12, intermediate_size=50,
            layer_types=["conv", "full_attention", "conv"], pad_token_id=2, bos_token_id=None, eos_token_id=0),
        "lfm2_biased": decoder(
            hf.Lfm2Config, hf.Lfm2Model, "right", "mean", conv_bias=True, conv_L_cache=4, full_attn_idxs=[1],
            block_auto_adjust_ff_dim=False, pad_token_id=2, bos_token_id=None, eos_token_id=0),
        "xmod": bert_like(
            hf.XmodConfig, hf.XmodModel, roberta_pieces, **roberta, languages=["en_XX", "de_DE"],
            default_language="de_DE"),
        "xmod_norms": bert_like(
            hf.XmodConfig, hf.XmodModel, roberta_pieces, **roberta, pre_norm=True, adapter_layer_norm=True,
            ln_before_adapter=False, adapter_reduction_factor=3, languages=["fr_XX"], default_language="fr_XX"),
        "gte": bert_like(hf.GteConfig, hf.GteModel, roberta_pieces, pad_token_id=1),
    }


class JinaBert(torch.nn.Module):
    """JinaBERT v2 from its description (Günther et al., 2023, https://arxiv.org/abs/2310.19923): its own code is not
    part of the reference."""

    def __init__(self, vocabulary: int, width: int, heads: int, inner: int, layers: int):
        super().__init__()
        nested, linear, norm = torch.nn.ModuleDict, torch.nn.Linear, lambda: torch.nn.LayerNorm(width, eps=1e-12)
        self.heads = heads
        self.embeddings = nested({
            "word_embeddings": torch.nn.Embedding(vocabulary, width),
            "token_type_embeddings": torch.nn.Embedding(2, width), "LayerNorm": norm()})
        self.encoder = nested({"layer": torch.nn.ModuleList(nested({
            "attention": nested({
                "self": nested({name: linear(width, width) for name in ["query", "key", "value"]}),
                "output": nested({"dense": linear(width, width), "LayerNorm": norm()})}),
            "mlp": nested({"gated_layers": linear(width, 2 * inner, bias=False), "wo": linear(inner, width),
                           "layernorm": norm()}),
        }) for _ in range(layers))})

    def slopes(self) -> torch.Tensor:
        def geometric(count):
            return [2.0 ** (-8.0 * (i + 1) / count) for i in range(count)]

        power = 2 ** math.floor(math.log2(self.heads))
        return torch.tensor(geometric(power) + geometric(2 * power)[0::2][: self.heads - power])

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        x = self.embeddings["LayerNorm"](
            self.embeddings["word_embeddings"](ids) + self.embeddings["token_type_embeddings"](torch.zeros_like(ids)))
        distance = (torch.arange(len(ids)) - torch.arange(len(ids)).unsqueeze(-1)).abs()
        bias = -self.slopes().view(-1, 1, 1) * distance
        for layer in self.encoder["layer"]:
            attention, mlp = layer["attention"], layer["mlp"]
            q, k, v = (attention["self"][name](x).unflatten(-1, (self.heads, -1)).transpose(0, 1)
                       for name in ["query", "key", "value"])
            scores = q @ k.transpose(1, 2) / q.shape[-1] ** 0.5 + bias
            context = (scores.softmax(-1) @ v).transpose(0, 1).flatten(1)
            x = attention["output"]["LayerNorm"](attention["output"]["dense"](context) + x)
            gate, up = mlp["gated_layers"](x).chunk(2, dim=-1)
            x = mlp["layernorm"](mlp["wo"](torch.nn.functional.gelu(gate) * up) + x)
        return x


def make_jina(target: Path) -> None:
    tokens = word_pieces()
    model = JinaBert(len(tokens), 24, 3, 40, 2)
    randomize(model, seed_of(target.name), 1.0)
    target.mkdir()
    tokens.save_pretrained(target)
    save_file(model.state_dict(), target / "model.safetensors", metadata={"format": "pt"})
    embeddings = torch.stack([
        torch.nn.functional.normalize(
            model(torch.tensor(tokens(text, truncation=True, max_length=LENGTH)["input_ids"])).mean(0), dim=0)
        for text in TEXTS])
    torch.manual_seed(7)
    seed = torch.randn(embeddings.shape)
    embeddings.backward(seed)
    out = {"normalized": embeddings.detach().contiguous(), "gradient.seed": seed}
    out |= {f"gradient.{name}": parameter.grad for name, parameter in model.named_parameters()}
    save_file(out, target / "expected.safetensors")
    files = {
        "config.json": {
            "architectures": ["JinaBertForMaskedLM"], "model_type": "bert", "position_embedding_type": "alibi",
            "feed_forward_type": "geglu", "vocab_size": len(tokens), "hidden_size": 24, "num_attention_heads": 3,
            "intermediate_size": 40, "num_hidden_layers": 2, "max_position_embeddings": 8192, "type_vocab_size": 2,
            "layer_norm_eps": 1e-12, "hidden_act": "gelu"},
        "sentence_bert_config.json": {"max_seq_length": LENGTH, "do_lower_case": False},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}],
        "1_Pooling/config.json": {"word_embedding_dimension": 24, "pooling_mode_mean_tokens": True},
    }
    (target / "1_Pooling").mkdir()
    for name, contents in files.items():
        (target / name).write_text(json.dumps(contents, indent=1) + "\n", encoding="utf-8")


def seed_of(name: str) -> int:
    """A seed that does not depend on the models beside it."""
    return int.from_bytes(name.encode("utf-8"), "little") % (1 << 31)


def generate(root: Path) -> None:
    target = root / "architectures"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    (target / "texts.json").write_text(json.dumps(TEXTS, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for name, build in all_models().items():
        model, tokenizer, *rest = build()
        make(target / name, seed_of(name), model, tokenizer, *rest)
    make_jina(target / "jina_bert_v2")
