# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes tokenizers/: small tokenizers with odd vocabularies, what the reference makes of texts with them, and hashes
of what it makes of 20,000 generated texts with a real one.

The real one is the folder of all-MiniLM-L6-v2 in the environment variable SENTENCE_TEST_MODEL; without it the hashes
stay as they are. To see what is behind a hash that does not agree (in the folder above this one):

    python -m generators.tokenizers BLOCK
"""

import json
import os
import random
import shutil
import sys
from pathlib import Path

from generators import _texts

SEED = 20_240_601
BLOCKS = 200
BLOCK_SIZE = 100
HAND_MADE = [
    "", " ", "\t\n", "Hello, World!", "hello world", "HELLO", "İstanbul I i ı", "ΣΊΣΥΦΟΣ", "e\u0301\u0323 \u00e9\u0323",
    "\u1e69 s\u0323\u0307 s\u0307\u0323", "한국어 각", "日本語テキスト", "中文字符", "ภาษาไทย", "العربية", "👨‍👩‍👧 👍🏽",
    "a" * 100, "a" * 101, "é" * 100, "é" * 101, "e\u0301" * 60, "[CLS] [SEP] [MASK][UNK] [PAD]", "[cls]", "a[MASK]b",
    "a [MASK] b", "  <left>  x", "x  <right>  y", "a  <mask> b", "<s>a </s> <pad>", "x  <both>  y", "word words sword", "a word.", "Näher näher NÄHER",
    "näherer", "x<ent>y", "X<ENT>Y", "\u0000a\u0001b\ufffdc\u200bd", "a\u00adb", "don't stop", "##ing ing", "1,000.50",
    "\u302e\u0301a\u302f\u0323", "\U0001D15E\U0001D160", "a\u00a0b\u3000c\u2028d", "new token new  token newtoken",
    "[NEW][NEW] [new]", "ﬁ ﬂ Ⅻ", "豈 更", "\u0958\u0344\u0390",
]


def alphabet() -> list[str]:
    letters = [chr(c) for c in range(0x21, 0x7F)] + list("äöüßéèñçøåæœσςίιжйабв中文日本語한국ก้าالعربية½ﬁ")
    return list(dict.fromkeys(letters))


def vocabulary(seed: int, cased: bool, prefix: str = "##") -> list[str]:
    """Special tokens, letters, and pieces of the words that the generated texts are made of."""
    generator = random.Random(seed)
    pieces = []
    for word in _texts.WORDS + ["hello", "world", "Hello", "sword", "näher", "naher", "new", "token"]:
        word = word if cased else word.lower()
        for _ in range(3):
            cut = generator.randint(1, len(word))
            pieces.append(word[:cut])
            if cut < len(word):
                pieces.append(prefix + word[cut:])
    letters = alphabet()
    tokens = ["[PAD]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokens += letters + [prefix + c for c in letters if generator.random() < 0.8] + pieces
    return list(dict.fromkeys(tokens))


def added(content: str, **flags) -> dict:
    names = ["single_word", "lstrip", "rstrip", "normalized", "special"]
    return {"content": content} | {name: flags.get(name, False) for name in names}


EVERY_FLAG = [
    added("<left>", lstrip=True), added("<right>", rstrip=True, special=True),
    added("<both>", lstrip=True, rstrip=True, normalized=True), added("word", single_word=True),
    added("Näher", normalized=True), added("<ent>", normalized=True), added("<e", normalized=False),
    added("new token", normalized=True, single_word=True), added("[NEW]", special=True), added("world", special=True),
]


def write(folder: Path, name: str, value) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    (folder / name).write_text(text + "\n", encoding="utf-8")


def tokenizer_json(tokens: list[str], **parts) -> dict:
    extra = parts.pop("added", [])
    prefix = parts.pop("prefix", "##")
    ids = {token: index for index, token in enumerate(tokens)}
    special = [added(token, special=True) for token in ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]]
    items = []
    for token in special + extra:
        items.append({"id": ids.setdefault(token["content"], len(ids))} | token)
    return {
        "version": "1.0",
        "truncation": {"direction": "Right", "max_length": 12, "strategy": "LongestFirst", "stride": 0},
        "padding": None,
        "added_tokens": sorted(items, key=lambda item: item["id"]),
        "normalizer": parts.get("normalizer"),
        "pre_tokenizer": parts.get("pre_tokenizer"),
        "post_processor": parts.get("post_processor"),
        "decoder": {"type": "WordPiece", "prefix": prefix, "cleanup": True},
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": prefix,
            "max_input_chars_per_word": parts.get("max_chars", 100),
            "vocab": {token: index for index, token in enumerate(tokens)},
        },
    }


def bert(lowercase: bool, strip_accents=None, chinese: bool = True) -> dict:
    return {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": chinese,
            "strip_accents": strip_accents, "lowercase": lowercase}


def config(tokenizer_class: str | None, **values) -> dict:
    named = {f"{name}_token": f"[{name.upper()}]" for name in ["unk", "sep", "pad", "cls", "mask"]}
    return ({"tokenizer_class": tokenizer_class} if tokenizer_class else {}) | named | values


def template(tokens: list[str]) -> dict:
    def special(token, kind):
        return {"SpecialToken": {"id": token, "type_id": kind}}

    def sequence(name, kind):
        return {"Sequence": {"id": name, "type_id": kind}}

    return {
        "type": "TemplateProcessing",
        "single": [special("[SEP]", 2), sequence("A", 1), special("both", 0)],
        "pair": [sequence("B", 3), special("[SEP]", 0), sequence("A", 0), special("both", 4)],
        "special_tokens": {
            "[SEP]": {"id": "[SEP]", "ids": [tokens.index("[SEP]")], "tokens": ["[SEP]"]},
            "both": {"id": "both", "ids": [tokens.index("[CLS]"), tokens.index("[MASK]")],
                     "tokens": ["[CLS]", "[MASK]"]},
        },
    }


def folders(root: Path) -> list[Path]:
    made = []

    def folder(name: str) -> Path:
        made.append(root / name)
        return root / name

    split = {"type": "BertPreTokenizer"}
    uncased, cased = vocabulary(1, cased=False), vocabulary(2, cased=True)

    # BERT's class: the pipeline comes from the configuration, so the wrong one in tokenizer.json does not count.
    path = folder("uncased")
    write(path, "tokenizer.json", tokenizer_json(uncased, normalizer=bert(False), pre_tokenizer=split))
    write(path, "tokenizer_config.json", config("BertTokenizer", do_lower_case=True, model_max_length=64))

    path = folder("cased")
    write(path, "tokenizer.json", tokenizer_json(cased, normalizer=bert(True), pre_tokenizer=split))
    write(path, "tokenizer_config.json", config(
        "DistilBertTokenizerFast", do_lower_case=False, tokenize_chinese_chars=False, model_max_length=10**30,
        truncation_side="left"))

    # The oldest form: no tokenizer.json, lines with spaces and a repeated line in vocab.txt.
    path = folder("vocab_only")
    write(path, "vocab.txt", "\n".join(uncased[:40] + ["new \t", "the"] + uncased[40:] + ["new"]))
    write(path, "tokenizer_config.json", {"do_lower_case": True, "strip_accents": False, "model_max_length": 512})
    write(path, "special_tokens_map.json", {"mask_token": {
        "content": "[MASK]", "lstrip": True, "normalized": False, "rstrip": False, "single_word": False}})
    write(path, "added_tokens.json", {"<ent>": len(uncased) + 5, "[NEW]": len(uncased) + 1})

    path = folder("every_flag")
    write(path, "tokenizer.json", tokenizer_json(
        uncased, normalizer=bert(True), pre_tokenizer=split, added=EVERY_FLAG))
    write(path, "tokenizer_config.json", config(
        "BertTokenizer", additional_special_tokens=["[NEW]", "[OTHER]"], own_token="<own>"))

    # Added tokens in the configuration win over those in tokenizer.json.
    path = folder("decoder_map")
    write(path, "tokenizer.json", tokenizer_json(cased, added=EVERY_FLAG[:2]))
    tokens = {str(len(cased) + 3): added("<both>", lstrip=True), "5": added("[MASK]", lstrip=True, special=True)}
    write(path, "tokenizer_config.json", config(
        "ElectraTokenizer", do_lower_case=False, strip_accents=True, added_tokens_decoder=tokens))

    # Verbatim.
    steps = {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "Lowercase"}, {"type": "StripAccents"}]}
    odd = vocabulary(3, cased=False, prefix="@@")
    path = folder("verbatim")
    write(path, "tokenizer.json", tokenizer_json(
        odd, normalizer=steps, pre_tokenizer={"type": "Whitespace"}, post_processor=template(odd), prefix="@@",
        max_chars=12, added=EVERY_FLAG))
    write(path, "tokenizer_config.json", config("PreTrainedTokenizerFast"))

    path = folder("verbatim_bert")
    ids = {name: uncased.index(name) for name in ["[SEP]", "[CLS]"]}
    write(path, "tokenizer.json", tokenizer_json(
        uncased, normalizer=bert(True, strip_accents=False, chinese=False),
        pre_tokenizer={"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, split]},
        post_processor={"type": "BertProcessing", "sep": ["[SEP]", ids["[SEP]"]], "cls": ["[CLS]", ids["[CLS]"]]}))
    write(path, "tokenizer_config.json", config("TokenizersBackend"))

    path = folder("bare")
    write(path, "tokenizer.json", tokenizer_json(odd, normalizer={"type": "NFD"}, prefix="@@"))
    write(path, "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast"})
    path = folder("mpnet")
    named = ["<s>", "<pad>", "</s>", "[UNK]", "<mask>"]
    write(path, "vocab.txt", "\n".join(named + uncased[6:]))
    write(path, "tokenizer_config.json", {"tokenizer_class": "MPNetTokenizer", "model_max_length": 384})
    for path in made:
        write(path, "config.json", {"model_type": "mpnet" if path.name == "mpnet" else "bert"})
    return made


def backend(folder: Path):
    from transformers import AutoTokenizer

    loaded = AutoTokenizer.from_pretrained(folder)
    loaded.backend_tokenizer.no_padding()
    return loaded, loaded.backend_tokenizer


def lowered(tokenizer):
    """What the reference does for the old key do_lower_case of sentence_bert_config.json."""
    from tokenizers.normalizers import Lowercase, Sequence

    old = tokenizer.normalizer
    steps = list(old) if isinstance(old, Sequence) else [old] if old else []
    if not any(isinstance(step, Lowercase) for step in steps):
        tokenizer.normalizer = Sequence([Lowercase()] + steps)
    return tokenizer


def record(folder: Path, name: str, tokenizer, cases: list) -> None:
    lines = []
    for case in cases:
        encoding = _texts.encode(tokenizer, case)
        line = {"text": case.text, "special": case.special}
        if case.pair is not None:
            line["pair"] = case.pair
        if case.max_length is not None:
            line |= {"max": case.max_length, "strategy": case.strategy, "direction": case.direction}
        if encoding is not None:
            line |= dict(zip(["ids", "types", "sequences", "offsets"], encoding))
            tokenizer.no_truncation()
            whole = tokenizer.encode(case.text, case.pair, add_special_tokens=case.special)
            line["untruncated"] = len(whole.ids)
            line["decoded"] = tokenizer.decode(encoding[0], skip_special_tokens=case.special)
        lines.append(json.dumps(line, ensure_ascii=True, separators=(",", ":")))
    write(folder, name, "\n".join(lines))


def cases(seed: int, count: int) -> list:
    result = []
    for index, text in enumerate(HAND_MADE):
        case = _texts.Case(seed, 4 * index)
        case.text, case.special = text, True
        result.append(case)
    return result + [_texts.Case(seed, 1000 + index) for index in range(count)]


def generate(root: Path) -> None:
    target = root / "tokenizers"
    for old in target.glob("*/"):
        shutil.rmtree(old)
    for number, folder in enumerate(folders(target)):
        loaded, tokenizer = backend(folder)
        record(folder, "cases.jsonl", tokenizer, cases(number * 10_000, 60))
        names = ["cls", "sep", "pad", "mask", "unk"]
        write(folder, "expected.json", {
            "vocabulary_size": len(loaded), "added": {t.content: i for i, t in loaded.added_tokens_decoder.items()},
            "special": {n: getattr(loaded, f"{n}_token_id") for n in names if getattr(loaded, f"{n}_token")},
            "counts": [loaded.num_special_tokens_to_add(pair) for pair in (False, True)],
            "model_max_length": loaded.model_max_length if loaded.model_max_length < 1e9 else None,
            "truncation_side": loaded.truncation_side, "padding_side": loaded.padding_side,
        })
        if folder.name in ("cased", "verbatim_bert", "bare", "every_flag"):
            record(folder, "lowered.jsonl", lowered(tokenizer), cases(number * 10_000 + 5000, 20))
    model = os.environ.get("SENTENCE_TEST_MODEL")
    if model:
        _, tokenizer = backend(Path(model))
        hashes = []
        for block in range(BLOCKS):
            state = 0xCBF29CE484222325
            for index in range(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE):
                state = _texts.hash_of(_texts.encode(tokenizer, _texts.Case(SEED, index)), state)
            hashes.append(f"{state:016x}")
        write(target, "generated_texts.json", json.dumps(
            {"seed": SEED, "block_size": BLOCK_SIZE, "hashes": hashes}, indent=1))


def show(block: int) -> None:
    """Prints the cases of a block, with the hash after each."""
    _, tokenizer = backend(Path(os.environ["SENTENCE_TEST_MODEL"]))
    state = 0xCBF29CE484222325
    for index in range(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE):
        case = _texts.Case(SEED, index)
        encoding = _texts.encode(tokenizer, case)
        state = _texts.hash_of(encoding, state)
        print(index, json.dumps(vars(case)), encoding, f"{state:016x}")


if __name__ == "__main__":
    show(int(sys.argv[1]))
