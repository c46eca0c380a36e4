# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Compares TokenizerBenchmark with Hugging Face tokenizers: one thread each, the same files, the same texts.

    python compare.py PATH/OF/TokenizerBenchmark

Trains the tokenizers on the English documentation inside installed packages (transformers, torch; the first 6,000
paragraphs); WordPiece is that of all-MiniLM-L6-v2, if SENTENCE_TEST_MODEL is its folder. Makes files with 250,000 tokens for
the time of loading, and words of up to a million characters. Prints tables; fails if the two do not agree on every id.
"""

import ast
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers  # noqa: E402

QWEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


LLAMA3 = QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|")


def documentation() -> list[str]:
    texts = []
    for package in ["transformers", "torch"]:
        root = Path(find_spec(package).origin).parent
        for file in sorted(root.rglob("*.py")):
            try:
                tree = ast.parse(file.read_text(encoding="utf-8"))
            except (SyntaxError, UnicodeDecodeError):
                continue
            for node in ast.walk(tree):
                if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)) and (text := ast.get_docstring(node)):
                    texts += [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if len(part) > 80]
    return list(dict.fromkeys(texts))[:6000]


def byte_level(pattern: str | None) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    if pattern is None:
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    else:
        tokenizer.normalizer = normalizers.NFC()
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    return tokenizer


def kinds(texts: list[str]) -> dict[str, Tokenizer]:
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    result = {}
    if folder := os.environ.get("SENTENCE_TEST_MODEL"):
        # Without special tokens, since the others have none either.
        saved = json.loads(Path(folder, "tokenizer.json").read_text(encoding="utf-8"))
        saved |= {"post_processor": None, "truncation": None, "padding": None}
        result["WordPiece (all-MiniLM-L6-v2)"] = Tokenizer.from_str(json.dumps(saved))
    for name, pattern in [
        ("byte-level BPE (GPT-2)", None), ("byte-level BPE (Llama 3)", LLAMA3), ("byte-level BPE (Qwen)", QWEN),
    ]:
        result[name] = byte_level(pattern)
        result[name].train_from_iterator(
            texts, trainers.BpeTrainer(vocab_size=30_000, initial_alphabet=alphabet, show_progress=False))
    clip = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
    clip.normalizer = normalizers.Sequence([
        normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    pattern = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
    clip.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(pattern), "removed", True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    clip.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=30_000, initial_alphabet=alphabet, end_of_word_suffix="</w>", show_progress=False,
        special_tokens=["<|endoftext|>"]))
    result["byte-level BPE (CLIP)"] = clip
    unigram = Tokenizer(models.Unigram())
    unigram.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    # The trainer does not accept longer ones.
    unigram.train_from_iterator([text for text in texts if len(text) < 400], trainers.UnigramTrainer(
        vocab_size=30_000, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False))
    result["Unigram (XLM-R, T5)"] = unigram
    spaced = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    spaced.normalizer = normalizers.Replace(" ", "▁")
    spaced.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
    spaced.train_from_iterator(texts, trainers.BpeTrainer(
        vocab_size=30_000, special_tokens=["<unk>"] + [f"<0x{b:02X}>" for b in range(256)], show_progress=False))
    spaced.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    result["BPE with byte fallback (Gemma)"] = spaced
    return result


def large(kind: str) -> dict:
    """A tokenizer with 250,000 tokens, as a file has it."""
    generator = random.Random(1)
    alphabets = ["abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрст", "的一是不了人我在有他这中大来上"]
    words = list(dict.fromkeys(
        "".join(generator.choices(generator.choice(alphabets), k=generator.randint(3, 12))) for _ in range(300_000)))
    base = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None,
            "pre_tokenizer": None, "post_processor": None, "decoder": None}
    if kind == "Unigram":
        vocab = [["<unk>", 0.0]] + [[word, -generator.random() * 20] for word in words[:249_999]]
        return base | {"model": {"type": "Unigram", "unk_id": 0, "vocab": vocab, "byte_fallback": False}}
    if kind == "WordPiece":
        vocab = {word: index for index, word in enumerate(["[UNK]"] + words[:125_000] + ["##" + w for w in words[125_000:249_999]])}
        return base | {"model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                                 "max_input_chars_per_word": 100, "vocab": vocab}}
    vocab = {character: index for index, character in enumerate("".join(dict.fromkeys("".join(alphabets))))}
    merges = []
    tokens = list(vocab)
    while len(vocab) < 250_000:
        # Mostly short sides, as in the merges of trained models.
        left, right = generator.choice(tokens), generator.choice(tokens[:2000])
        if len(left + right) <= 14 and left + right not in vocab:
            vocab[left + right] = len(vocab)
            tokens.append(left + right)
            merges.append([left, right])
    if kind == "BPE, 6,000 added tokens":
        base["added_tokens"] = [
            {"id": 250_000 + index, "content": f"<unused{index}>", "single_word": False, "lstrip": False, "rstrip": False,
             "normalized": False, "special": False} for index in range(6000)]
    return base | {"model": {"type": "BPE", "vocab": vocab, "merges": merges}}


def long_words(program: str, root: Path, names: dict[str, int]) -> None:
    """The time for each character of one word, by its length."""
    print("\n| one word | ns a character: 10⁴ | 10⁵ | 10⁶ |\n| --- | --- | --- | --- |")
    generator = random.Random(2)
    for what, word in [("\"aaa…\"", "a" * 10**6), ("random letters", "".join(generator.choices("etaoinshrdlu", k=10**6)))]:
        for name, number in names.items():
            row = []
            for size in [10**4, 10**5, 10**6]:
                file = root / "word.json"
                file.write_text(json.dumps([word[:size]]), encoding="utf-8")
                row.append(f"{1000 / ours(program, root / str(number), file, seconds=0.5)['megabytes']:.0f}")
            print(f"| {name}, {what} | {' | '.join(row)} |", flush=True)


def ours(program: str, folder: Path, texts: Path, seconds: float = 2) -> dict:
    return json.loads(subprocess.run(
        [program, str(folder), str(texts), str(seconds)], check=True, capture_output=True, text=True).stdout)


def write(folder: Path, text: str) -> Path:
    folder.mkdir()
    (folder / "tokenizer.json").write_text(text, encoding="utf-8")
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}', encoding="utf-8")
    return folder


def main() -> int:
    program = sys.argv[1]
    texts = documentation()
    size = sum(len(text.encode()) for text in texts)
    print(f"{len(texts)} texts, {size / 1e6:.1f} MB\n")
    print("| tokenizer | ours, MB/s | tokenizers, MB/s | times as fast |")
    print("| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        file = root / "texts.json"
        file.write_text(json.dumps(texts), encoding="utf-8")
        numbers = {}
        for number, (name, tokenizer) in enumerate(kinds(texts).items()):
            numbers[name] = number
            folder = write(root / str(number), tokenizer.to_str())
            # Reading a file rounds scores, so the trained tokenizer itself would break Unigram's ties differently.
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            result = ours(program, folder, file)
            best = float("inf")
            for _ in range(3):
                start = time.perf_counter()
                encodings = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
                best = min(best, time.perf_counter() - start)
            state = 0xCBF29CE484222325
            for encoding in encodings:
                for token in encoding.ids:
                    state = ((state ^ token) * 0x100000001B3) & (1 << 64) - 1
            if str(state) != result["hash"]:
                print(f"{name}: the ids differ", file=sys.stderr)
                return 1
            rate = size / best / 1e6
            print(f"| {name} | {result['megabytes']:.1f} | {rate:.1f} | {result['megabytes'] / rate:.1f} |", flush=True)
        print("\n| 250,000 tokens | ours, s to load | tokenizers, s to load |")
        print("| --- | --- | --- |")
        file.write_text('["abc"]', encoding="utf-8")
        for kind in ["BPE", "BPE, 6,000 added tokens", "Unigram", "WordPiece"]:
            folder = write(root / kind.replace(" ", "_"), json.dumps(large(kind), ensure_ascii=False))
            result = ours(program, folder, file)
            start = time.perf_counter()
            Tokenizer.from_file(str(folder / "tokenizer.json"))
            print(f"| {kind} | {result['load']:.3f} | {time.perf_counter() - start:.3f} |", flush=True)
        long_words(program, root, numbers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
