# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Models of real size with random weights, for kinds of which no real one can be had: speed does not depend on them.

A cross-encoder of the size of stsb-distilroberta-base (6 layers, 768 dimensions) and a SPLADE model of the size of
BERT-base (12 layers, 768 dimensions).
"""

import shutil
from pathlib import Path

import numpy as np

# The share of tokens with a weight, as in trained models.
ACTIVE_SHARE = 0.01


def cross_encoder(folder: Path, sentences: list[str]) -> Path:
    import torch
    from tokenizers import ByteLevelBPETokenizer
    from transformers import PreTrainedTokenizerFast, RobertaConfig, RobertaForSequenceClassification
    from tokenizers.processors import RobertaProcessing

    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trained = ByteLevelBPETokenizer()
    trained.train_from_iterator(sentences, vocab_size=50265, special_tokens=specials, show_progress=False)
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


def write(folder: Path, source: Path, sentences: list[str]) -> dict[str, Path]:
    """The folder of the model for each kind of set."""
    shutil.rmtree(folder, ignore_errors=True)
    return {"pairs": cross_encoder(folder / "cross_encoder", sentences),
            "splade": splade(folder / "splade", source, sentences)}
