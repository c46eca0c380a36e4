# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes kinds/: a small trained tokenizer of every kind, and hashes of what the reference makes of 20,000 texts
and of one word of a million characters.

To see what is behind a hash that does not agree (in the folder above this one):

    python -m generators.tokenizer_kinds KIND BLOCK
"""

import collections
import functools
import io
import json
import multiprocessing
import os
import shutil
import sys
from pathlib import Path

import sentencepiece
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from generators import _texts
from generators._charsmap import charsmap
from generators.tokenizers import added, backend, write

SEED = 20_260_101
BLOCKS = 100
BLOCK_SIZE = 200
EVERY_FLAG = [
    added("<ent>", lstrip=True), added("[NEW]", rstrip=True, special=True), added("the", single_word=True),
    added("new token", lstrip=True, rstrip=True, normalized=True), added("It", normalized=True),
    added("TIME", single_word=True, lstrip=True, normalized=True), added("##", rstrip=True, normalized=True),
    added("[mask]", normalized=True, special=True), added("<|endoftext|>", special=True), added("<|end", lstrip=True),
    added("\n", rstrip=True), added("\u00e9", single_word=True, special=True),
]
LLAMA3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
O200K = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def corpus() -> list[str]:
    lines = []
    for index in range(1500):
        random = _texts.SplitMix64(77_000 + index)
        words = [random.pick(_texts.WORDS) for _ in range(12)]
        lines.append(" ".join(words) + random.pick([".", "!", "?", ",", " 2024", " 3.14", " café-bar", ""]))
    letters = "äöüßéèñçøåæœσςίιжйабвгд中文日本語한국어กขคابتثहिन्दी½ﬁ"
    return lines + [" ".join(letters[i : i + 7]) + " " + letters[i : i + 9] for i in range(len(letters))]


class Kinds:
    def __init__(self, root: Path):
        self.root = root
        self.lines = corpus()
        self.unigram = self.sentencepiece("unigram", 700)

    def sentencepiece(self, model_type: str, size: int, **options) -> bytes:
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(self.lines), model_writer=model, model_type=model_type, vocab_size=size,
            num_threads=1, minloglevel=2, hard_vocab_limit=False, **options)
        return model.getvalue()

    def marked_bpe(self, tokenizer: Tokenizer, special: list[str], size: int, prefix: str, suffix: str) -> models.BPE:
        """A BPE model that marks symbols inside or at the end of words.

        The library's trainer gives marked symbols their ids in random order.
        """
        counts = collections.Counter()
        for line in self.lines:
            normalized = tokenizer.normalizer.normalize_str(line)
            counts.update(word for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(normalized))
        words = []
        for word, count in sorted(counts.items()):
            symbols = [word[0]] + [prefix + character for character in word[1:]]
            words.append((symbols[:-1] + [symbols[-1] + suffix], count))
        alphabet = sorted({symbol for symbols, _ in words for symbol in symbols} | {symbol for word in counts for symbol in word})
        tokens = dict.fromkeys(special + alphabet)
        merges = []
        while len(tokens) < size:
            pairs = collections.Counter()
            for symbols, count in words:
                for pair in zip(symbols, symbols[1:]):
                    pairs[pair] += count
            left, right = best = min(pairs, key=lambda pair: (-pairs[pair], pair))
            joined = left + right[len(prefix):]
            tokens[joined] = None
            merges.append(best)
            for symbols, _ in words:
                for index in range(len(symbols) - 1, 0, -1):
                    if (symbols[index - 1], symbols[index]) == best:
                        symbols[index - 1 : index + 1] = [joined]
        marks = {"continuing_subword_prefix": prefix, "end_of_word_suffix": suffix}
        return models.BPE(
            {token: index for index, token in enumerate(tokens)}, merges, unk_token=special[-1],
            **{key: mark for key, mark in marks.items() if mark})

    def trained_bpe(self, tokenizer: Tokenizer, special: list[str], size: int = 1200, **options) -> Tokenizer:
        trainer = trainers.BpeTrainer(
            vocab_size=size, special_tokens=special, show_progress=False,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet() if options.pop("bytes", True) else [], **options)
        tokenizer.train_from_iterator(self.lines, trainer)
        return tokenizer

    def folder(self, name: str) -> Path:
        return self.root / name

    def save(self, name: str, tokenizer: Tokenizer, config: dict, model_type: str | None = None) -> None:
        write(self.folder(name), "tokenizer.json", tokenizer.to_str())
        self.configure(name, config, model_type)

    def configure(self, name: str, config: dict, model_type: str | None) -> None:
        write(self.folder(name), "tokenizer_config.json", config)
        write(self.folder(name), "config.json", {"model_type": model_type} if model_type else {"architectures": []})

    def save_old(self, name: str, tokenizer: Tokenizer, config: dict, model_type: str) -> None:
        model = json.loads(tokenizer.to_str())["model"]
        write(self.folder(name), "vocab.json", model["vocab"])
        write(self.folder(name), "merges.txt", "#version: 0.2\n" + "\n".join(" ".join(m) for m in model["merges"]))
        self.configure(name, config, model_type)

    def byte_level(self, special: list[str], prefix_space: bool = False) -> Tokenizer:
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix_space)
        tokenizer.decoder = decoders.ByteLevel()
        return self.trained_bpe(tokenizer, special)

    def bytes_kinds(self) -> None:
        verbatim = {"tokenizer_class": "PreTrainedTokenizerFast"}
        gpt2 = self.byte_level(["<|endoftext|>"], prefix_space=True)
        gpt2.post_processor = processors.ByteLevel(trim_offsets=True, add_prefix_space=True)
        self.save("gpt2", gpt2, verbatim)

        roberta = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        mask = {"mask_token": {"__type": "AddedToken"} | added("<mask>", lstrip=True)}
        self.save_old("roberta_old", self.byte_level(roberta), {"tokenizer_class": "RobertaTokenizer"} | mask, "roberta")
        self.save("roberta", self.byte_level(roberta, True), {
            "tokenizer_class": "RobertaTokenizerFast", "add_prefix_space": True} | mask, "roberta")

        modern = self.byte_level(["<|endoftext|>", "[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"])
        modern.normalizer = normalizers.NFC()
        modern.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
        self.save("modernbert", modern, {
            "tokenizer_class": "PreTrainedTokenizerFast", "added_tokens_decoder": {
                "5": added("[MASK]", lstrip=True, special=True)}}, "modernbert")

        for name, pattern in [("llama3", LLAMA3), ("o200k", O200K)]:
            tokenizer = Tokenizer(models.BPE(ignore_merges=name == "llama3"))
            tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
                pre_tokenizers.Split(Regex(pattern), "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
            tokenizer.decoder = decoders.ByteLevel()
            self.trained_bpe(tokenizer, ["<|begin_of_text|>", "<|endoftext|>"])
            tokenizer.post_processor = processors.Sequence([
                processors.ByteLevel(trim_offsets=name == "o200k"),
                processors.TemplateProcessing(
                    single="<|begin_of_text|> $A", pair="<|begin_of_text|> $A <|begin_of_text|>:1 $B:1",
                    special_tokens=[("<|begin_of_text|>", 0)])])
            self.save(name, tokenizer, {"tokenizer_class": "LlamaTokenizer" if name == "llama3" else "TokenizersBackend"})

        qwen = self.byte_level(["<|endoftext|>", "<|im_start|>"])
        self.save("qwen2", qwen, {"tokenizer_class": "Qwen2Tokenizer", "add_bos_token": False}, "qwen2")
        self.save("deberta", self.byte_level(["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"]), {
            "tokenizer_class": "DebertaTokenizer"}, "deberta")

        clip = Tokenizer(models.BPE(end_of_word_suffix="</w>", unk_token="<|endoftext|>"))
        clip.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
        clip.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed", True),
            pre_tokenizers.ByteLevel(add_prefix_space=False)])
        # Like the real vocabulary it has every byte with and without the suffix.
        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
        special = ["<|startoftext|>"] + alphabet + [c + "</w>" for c in alphabet] + ["<|endoftext|>"]
        clip.model = self.marked_bpe(clip, special, 1000, "", "</w>")
        self.save_old("clip", clip, {"tokenizer_class": "CLIPTokenizer"}, "clip")

    def unigram_model(self, front: list[tuple[str, float]], skip: int, unk: int, **options) -> models.Unigram:
        pieces = sentencepiece.SentencePieceProcessor(model_proto=self.unigram)
        rest = [(pieces.id_to_piece(i), pieces.get_score(i)) for i in range(skip, pieces.get_piece_size())]
        return models.Unigram(front + rest, unk_id=unk, **options)

    def unigram_kinds(self) -> None:
        for name, file, model_type in [
            ("XLMRobertaTokenizer", "sentencepiece.bpe.model", "xlm-roberta"), ("T5Tokenizer", "spiece.model", "t5"),
        ]:
            folder = self.folder("xlmr" if model_type == "xlm-roberta" else "t5")
            folder.mkdir(parents=True)
            (folder / file).write_bytes(self.unigram)
            self.configure(folder.name, {"tokenizer_class": name, "model_max_length": 512}, model_type)

        small = charsmap({"ﬁ": "fi", "①": "1", "\u00a0": " ", "\u0001": "", "é": "e\u0301\u0301", "a\u0301": "á", "\r": " ",
                          "½": "1/2", "ｱ": "ア", "\u0344": "", "E": "e", "\u200b": "", "ß": "ss"})
        names = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
        front = [(token, 0.0) for token in names]
        verbatim = Tokenizer(self.unigram_model(front, 3, 3, byte_fallback=False))
        verbatim.normalizer = normalizers.Sequence([
            normalizers.Precompiled(small), normalizers.Replace(Regex(" {2,}"), " ")])
        verbatim.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
        verbatim.decoder = decoders.Metaspace(prepend_scheme="first")
        verbatim.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), True, False)
        verbatim.add_special_tokens(names)
        self.save("unigram", verbatim, {"tokenizer_class": "PreTrainedTokenizerFast"})

        fallback = Tokenizer(self.unigram_model(
            [("<unk>", 0.0)] + [(f"<0x{byte:02X}>", 0.0) for byte in range(256)], 3, 0, byte_fallback=True))
        fallback.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
        fallback.decoder = decoders.Sequence([
            decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
        self.save("unigram_bytes", fallback, {"tokenizer_class": "TokenizersBackend"})

        # The older form of classes that are above as tokenizer.json.
        albert = {"pad_id": 0, "unk_id": 1, "bos_id": 2, "eos_id": 3, "bos_piece": "[CLS]", "eos_piece": "[SEP]"}
        deberta = {"pad_id": 0, "bos_id": 1, "eos_id": 2, "unk_id": 3, "pad_piece": "[PAD]", "unk_piece": "[UNK]"}
        for folder, name, file, model_type, options in [
            ("albert_old", "AlbertTokenizer", "spiece.model", "albert", albert | {"user_defined_symbols": ["[MASK]"]}),
            ("camembert_old", "CamembertTokenizer", "sentencepiece.bpe.model", "camembert", {}),
            ("debertav2_old", "DebertaV2Tokenizer", "spm.model", "deberta-v2",
             deberta | {"bos_piece": "[CLS]", "eos_piece": "[SEP]"}),
        ]:
            self.folder(folder).mkdir(parents=True)
            (self.folder(folder) / file).write_bytes(self.sentencepiece("unigram", 500, **options))
            self.configure(folder, {"tokenizer_class": name}, model_type)

        pegasus = {"pad_id": 0, "eos_id": 1, "unk_id": 2, "bos_id": -1}
        merged = self.sentencepiece("bpe", 700)
        for folder, name, file, model_type, model, options in [
            ("mbart", "MBartTokenizer", "sentencepiece.bpe.model", "mbart", self.unigram, {}),
            ("mbart50", "MBart50Tokenizer", "sentencepiece.bpe.model", "mbart", self.unigram, {"src_lang": "sl_SI"}),
            ("nllb", "NllbTokenizer", "sentencepiece.bpe.model", "m2m_100", merged, {
                "src_lang": "deu_Latn", "additional_special_tokens": ["eng_Latn", "deu_Latn"]}),
            ("nllb_legacy", "NllbTokenizer", "sentencepiece.bpe.model", "m2m_100", merged, {"legacy_behaviour": True}),
            ("pegasus", "PegasusTokenizer", "spiece.model", "pegasus", self.sentencepiece("unigram", 500, **pegasus), {
                "mask_token": "<mask_2>", "mask_token_sent": "<mask_1>", "offset": 10}),
        ]:
            self.folder(folder).mkdir(parents=True)
            (self.folder(folder) / file).write_bytes(model)
            self.configure(folder, {"tokenizer_class": name} | options, model_type)

        special = ["<pad>", "<unk>", "[CLS]", "[SEP]", "[MASK]", "<s>", "</s>", "<sep>", "<cls>", "<mask>", "[PAD]", "[UNK]"]
        for name, kind, unk in [
            ("albert", "AlbertTokenizer", 1), ("debertav2", "DebertaV2Tokenizer", 11), ("camembert", "CamembertTokenizer", 1),
            ("bigbird", "BigBirdTokenizer", 1), ("rembert", "RemBertTokenizer", 1), ("xlnet", "XLNetTokenizer", 1),
        ]:
            tokenizer = Tokenizer(self.unigram_model([(token, 0.0) for token in special], 3, unk))
            if name != "bigbird":
                tokenizer.normalizer = normalizers.Precompiled(small)
            self.save(name, tokenizer, {"tokenizer_class": kind, "split_by_punct": name == "debertav2"})

    def fallback_kinds(self) -> None:
        model = self.sentencepiece("bpe", 900, byte_fallback=True, normalization_rule_name="identity",
                                   remove_extra_whitespaces=False, user_defined_symbols=["<ent>"])
        folder = self.folder("llama")
        folder.mkdir(parents=True)
        (folder / "tokenizer.model").write_bytes(model)
        self.configure("llama", {"tokenizer_class": "LlamaTokenizer", "add_bos_token": True}, "llama")

        gemma = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True))
        gemma.normalizer = normalizers.Replace(" ", "▁")
        gemma.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")
        special = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>"] + [f"<0x{byte:02X}>" for byte in range(256)]
        self.trained_bpe(gemma, special, 1500, bytes=False)
        saved = json.loads(gemma.to_str())
        saved["added_tokens"] = [token for token in saved["added_tokens"] if not token["content"].startswith("<0x")]
        saved["post_processor"] = json.loads(processors.TemplateProcessing(
            single="<bos> $A <eos>", pair="<bos> $A <bos>:1 $B:1", special_tokens=[("<bos>", 2), ("<eos>", 1)]
        ).__getstate__())
        self.save("gemma", Tokenizer.from_str(json.dumps(saved)), {"tokenizer_class": "GemmaTokenizerFast"}, "gemma")

        # No byte tokens, so that characters are unknown.
        plain = Tokenizer(models.BPE())
        plain.normalizer = normalizers.NFKC()
        plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        plain.decoder = decoders.BPEDecoder("##")
        plain.model = self.marked_bpe(plain, ["[CLS]", "[UNK]"], 600, "##", "")
        self.save("bpe_prefix", plain, {"tokenizer_class": "TokenizersBackend"})

    def odd_kinds(self) -> None:
        level = Tokenizer(models.WordLevel(unk_token="[UNK]"))
        level.normalizer = normalizers.Sequence([
            normalizers.NFKD(), normalizers.StripAccents(), normalizers.Strip(), normalizers.Nmt(),
            normalizers.Replace(Regex(r"(?:don|can)'t|[0-9]{3,}|(?<=x)y"), "#")])
        level.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=False),
            pre_tokenizers.Punctuation("merged_with_previous")])
        level.train_from_iterator(self.lines, trainers.WordLevelTrainer(special_tokens=["[UNK]", "[MASK]"], show_progress=False))
        self.save("wordlevel", level, {"tokenizer_class": "PreTrainedTokenizerFast"})

        scripts = Tokenizer(self.unigram_model([("<unk>", 0.0)], 3, 0))
        scripts.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.UnicodeScripts(), pre_tokenizers.Metaspace()])
        scripts.decoder = decoders.Metaspace()
        self.save("scripts", scripts, {"tokenizer_class": "PreTrainedTokenizerFast"})

        odd = Tokenizer(models.BPE(unk_token="?", fuse_unk=True))
        odd.normalizer = normalizers.Sequence([
            normalizers.NFKC(), normalizers.Prepend("ab"), normalizers.Replace("e", ""), normalizers.ByteLevel()])
        odd.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(r"Ġ[a-z]++|\p{Lu}{2,4}?|(?i:THE)|[^\s\w]+(?=\p{L})|\d+"), "merged_with_next"),
            pre_tokenizers.CharDelimiterSplit("t"), pre_tokenizers.FixedLength(4), pre_tokenizers.Digits(True),
            pre_tokenizers.Split(Regex("o"), "contiguous", invert=True)])
        odd.decoder = decoders.Sequence([decoders.ByteLevel(), decoders.Strip("a", 2, 0)])
        odd.post_processor = processors.Sequence([processors.ByteLevel(True, True), processors.ByteLevel(True, False)])
        self.trained_bpe(odd, ["?"], 400, bytes=False)
        self.save("odd", odd, {"tokenizer_class": "PreTrainedTokenizerFast"})

    def flag_kinds(self) -> None:
        """Added tokens with all flags, and decoders that are rare."""
        tokens = [AddedToken(**token) for token in EVERY_FLAG]
        byte_level = self.byte_level(["[UNK]"])
        byte_level.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
        byte_level.post_processor = processors.ByteLevel(trim_offsets=True)
        byte_level.add_tokens(tokens)
        self.save("flags_bpe", byte_level, {"tokenizer_class": "PreTrainedTokenizerFast"})

        unigram = Tokenizer(self.unigram_model([("<unk>", 0.0)], 3, 0))
        unigram.normalizer = normalizers.Sequence([
            normalizers.Replace("It", "it is"), normalizers.Lowercase(), normalizers.Strip()])
        unigram.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
        unigram.decoder = decoders.Metaspace(prepend_scheme="first")
        unigram.add_tokens(tokens)
        self.save("flags_unigram", unigram, {"tokenizer_class": "TokenizersBackend"})

        words = Tokenizer(models.WordLevel(unk_token="<unk>"))
        words.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation("isolated")])
        words.train_from_iterator(self.lines, trainers.WordLevelTrainer(
            special_tokens=["<pad>", "|", "<unk>"], show_progress=False))
        words.decoder = decoders.CTC("<pad>", "|", True)
        words.add_tokens(tokens)
        self.save("ctc", words, {"tokenizer_class": "PreTrainedTokenizerFast"})

        ends = Tokenizer(models.BPE())
        ends.normalizer = normalizers.BertNormalizer(lowercase=True)
        ends.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        ends.decoder = decoders.BPEDecoder("</w>")
        ends.model = self.marked_bpe(ends, ["[UNK]"], 450, "", "</w>")
        self.save("bpe_suffix", ends, {"tokenizer_class": "PreTrainedTokenizerFast"})

    def make(self) -> None:
        self.bytes_kinds()
        self.unigram_kinds()
        self.fallback_kinds()
        self.odd_kinds()
        self.flag_kinds()


def mix(values, state: int) -> int:
    """FNV-1a, 64 bits, where every value is one step."""
    for value in values:
        state = ((state ^ (value & 0xFFFFFFFF)) * 0x100000001B3) & _texts.MASK
    return state


def digest(tokenizer, case, state: int) -> int:
    encoding = _texts.encode(tokenizer, case)
    if encoding is None:
        return mix([-1], state)
    ids, types, sequences, offsets = encoding
    state = mix([len(ids), *ids, *types, *sequences, *(x for pair in offsets for x in pair)], state)
    return mix(tokenizer.decode(ids, skip_special_tokens=case.special).encode("utf-8"), state)


def generate(root: Path) -> None:
    target = root / "kinds"
    shutil.rmtree(target, ignore_errors=True)
    Kinds(target).make()
    for index in range(BLOCKS * BLOCK_SIZE):
        case(index)
    # The processes share the texts.
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        for name in pool.imap_unordered(record, sorted(target.iterdir())):
            print("  " + name, file=sys.stderr)


def long_word() -> str:
    random = _texts.SplitMix64(SEED)
    return "a" * 500_000 + "".join(random.pick("etaoinshrdlu") for _ in range(500_000))


def long_word_hash(tokenizer) -> str:
    tokenizer.no_truncation()
    found = tokenizer.encode(long_word(), add_special_tokens=False)
    state = mix([len(found.ids), *found.ids, *(x for pair in found.offsets for x in pair)], 0xCBF29CE484222325)
    return f"{state:016x}"


@functools.cache
def case(index: int) -> _texts.Case:
    return _texts.Case(SEED, index, _texts.MORE_SPECIALS)


def record(folder: Path) -> str:
    _, tokenizer = backend(folder)
    hashes = []
    for block in range(BLOCKS):
        state = 0xCBF29CE484222325
        for index in range(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE):
            state = digest(tokenizer, case(index), state)
        hashes.append(f"{state:016x}")
    write(folder, "generated_texts.json", {
        "seed": SEED, "block_size": BLOCK_SIZE, "long_word": long_word_hash(tokenizer), "hashes": hashes})
    return folder.name


def show(kind: str, block: int) -> None:
    """Prints the cases of a block, with the hash after each."""
    root = Path(__file__).resolve().parent.parent
    _, tokenizer = backend(root / "kinds" / kind)
    state = 0xCBF29CE484222325
    for index in range(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE):
        item = case(index)
        state = digest(tokenizer, item, state)
        print(index, json.dumps(vars(item)), _texts.encode(tokenizer, item), f"{state:016x}")


if __name__ == "__main__":
    show(sys.argv[1], int(sys.argv[2]))
