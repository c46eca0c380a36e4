# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Models of real size with random weights, for kinds of which no real one can be had: speed does not depend on them.

A cross-encoder of the size of stsb-distilroberta-base (6 layers, 768 dimensions), a SPLADE model of the size of
BERT-base (12 layers, 768 dimensions), and a decoder with 12 of the layers of Qwen3-Embedding-0.6B (1024 dimensions).
"""

import json
import shutil
from pathlib import Path

import numpy as np

# The share of tokens with a weight, as in trained models.
ACTIVE_SHARE = 0.01


def trained_tokenizer(sentences: list[str]):
    from tokenizers import ByteLevelBPETokenizer

    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(
        sentences, vocab_size=50265, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], show_progress=False)
    return trained


def cross_encoder(folder: Path, sentences: list[str]) -> Path:
    import torch
    from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaForSequenceClassification
    from tokenizers.processors import RobertaProcessing

    trained = trained_tokenizer(sentences)
    trained._tokenizer.post_processor = RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=trained._tokenizer, model_max_length=512, bos_token="<s>", cls_token="<s>", eos_token="</s>",
        sep_token="</s>", pad_token="<pad>", unk_token="<unk>", mask_token="<mask>")
    torch.manual_seed(1)
    model = RobertaForSequenceClassification(RobertaConfig(
        vocab_size=50265, num_hidden_layers=6, max_position_embeddings=514, type_vocab_size=1, num_labels=1))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def splade(folder: Path, source: Path, sentences: list[str]) -> Path:
    """BERT-base with the tokenizer of `source`, and a bias of words that leaves as few of them as in trained models."""
    import torch
    from transformers import AutoTokenizer, BertConfig, BertForMaskedLM

    tokenizer = AutoTokenizer.from_pretrained(str(source), model_max_length=512)
    torch.manual_seed(2)
    model = BertForMaskedLM(BertConfig()).eval()
    with torch.no_grad():
        batch = tokenizer(sentences[:16], padding=True, return_tensors="pt")
        logits = model(**batch).logits.masked_fill(~batch["attention_mask"].bool().unsqueeze(-1), -np.inf)
        largest = logits.amax(dim=1).flatten().numpy()
        bias = model.cls.predictions.bias
        bias.copy_(bias - float(np.quantile(largest, 1 - ACTIVE_SHARE)))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def decoder(folder: Path, sentences: list[str]) -> Path:
    """A causal model whose embedding is the vector of the last token."""
    import torch
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast, Qwen3Config, Qwen3Model

    trained = trained_tokenizer(sentences)
    trained._tokenizer.post_processor = TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 2)])
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=trained._tokenizer, model_max_length=512, eos_token="</s>", pad_token="<pad>")
    torch.manual_seed(3)
    model = Qwen3Model(Qwen3Config(
        vocab_size=50265, hidden_size=1024, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=16,
        num_key_value_heads=8, head_dim=128, max_position_embeddings=512, eos_token_id=2, pad_token_id=1))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    models = "sentence_transformers.models."
    modules = [{"idx": 0, "name": "0", "path": "", "type": f"{models}Transformer"},
               {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{models}Pooling"},
               {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{models}Normalize"}]
    for file, content in [
            ("modules.json", modules), ("sentence_bert_config.json", {"max_seq_length": 512}),
            ("1_Pooling/config.json", {"word_embedding_dimension": 1024, "pooling_mode_lasttoken": True}),
            ("2_Normalize/config.json", {})]:
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text(json.dumps(content), encoding="utf-8")
    return folder


def write(folder: Path, source: Path, sentences: list[str], kinds: set[str]) -> dict[str, Path]:
    """The folder of the model for each kind of set."""
    shutil.rmtree(folder, ignore_errors=True)
    makers = {"pairs": lambda: cross_encoder(folder / "cross_encoder", sentences),
              "splade": lambda: splade(folder / "splade", source, sentences),
              "decoder": lambda: decoder(folder / "decoder", sentences)}
    return {kind: makers[kind]() for kind in sorted(kinds)}
