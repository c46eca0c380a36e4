# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes Sources/SentenceTokenizers/Unicode/UnicodeData.swift by asking the `tokenizers` library.

The crates inside `tokenizers` carry Unicode tables of different versions. So nothing is taken from the Unicode
character database: every property of every code point is read off the library's behaviour.
"""

import unicodedata
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

# Bits of a record; ScalarProperties.swift has the same list.
REMOVED, SPACE, CJK, PUNCTUATION, NONSPACING, MARK, DECOMPOSES, LOWERS, WORD, BLANK = (1 << bit for bit in range(10))

HANGUL = range(0xAC00, 0xAC00 + 11172)


def scalars():
    for code in range(0x110000):
        if not 0xD800 <= code <= 0xDFFF:
            yield code


def bert(**options) -> normalizers.BertNormalizer:
    chosen = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
    return normalizers.BertNormalizer(**(chosen | options))


class Probe:
    """The library, asked one code point at a time."""

    def __init__(self):
        self.clean = bert(clean_text=True)
        self.cjk = bert(handle_chinese_chars=True)
        self.bert_accents = bert(strip_accents=True)
        self.bert_lower = bert(lowercase=True)
        self.lower = normalizers.Lowercase()
        self.nfd = normalizers.NFD()
        self.accents = normalizers.StripAccents()
        self.split = pre_tokenizers.BertPreTokenizer()
        self.whitespace_split = pre_tokenizers.WhitespaceSplit()
        self.whitespace = pre_tokenizers.Whitespace()
        self.single = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
        self.single.add_tokens([AddedToken("§§", single_word=True, normalized=False)])
        self.strip = Tokenizer(models.WordLevel({"?": 0}, unk_token="?"))
        self.strip.add_tokens([AddedToken("§§", rstrip=True, normalized=False)])

    def flags(self, c: str) -> int:
        flags = 0
        cleaned = self.clean.normalize_str(f"a{c}b")
        removed, space = cleaned == "ab", cleaned == "a b"
        assert removed or space or cleaned == f"a{c}b", hex(ord(c))
        if removed:
            flags |= REMOVED
        if space:
            flags |= SPACE
        if self.cjk.normalize_str(c) != c:
            assert self.cjk.normalize_str(c) == f" {c} "
            flags |= CJK
        pieces = [piece for piece, _ in self.split.pre_tokenize_str(f"a{c}b")]
        if pieces == ["a", c, "b"]:
            flags |= PUNCTUATION
        else:
            assert pieces in ([f"a{c}b"], ["a", "b"]), hex(ord(c))
        blank = pieces == ["a", "b"]
        if blank:
            flags |= BLANK
        # One definition of white space serves three places.
        assert blank == (len(self.whitespace_split.pre_tokenize_str(f"a{c}b")) == 2), hex(ord(c))
        rest = self.strip.encode(f"§§{c}")
        assert blank == (rest.offsets[0][1] == 3), hex(ord(c))
        if self.single.encode(f"§§{c}").tokens[0] != "§§":
            flags |= WORD
        word = len(self.whitespace.pre_tokenize_str(f"a{c}")) == 1 and not blank
        assert word == bool(flags & WORD), hex(ord(c))
        if self.nfd.normalize_str(c) == c:
            if self.accents.normalize_str(c) == "":
                flags |= MARK
            if self.bert_accents.normalize_str(c) == "":
                flags |= NONSPACING
        else:
            flags |= DECOMPOSES
        if self.lower.normalize_str(c) != c:
            flags |= LOWERS
        assert self.lower.normalize_str(c) == self.bert_lower.normalize_str(c), hex(ord(c))
        return flags

    def nonstarter(self, c: str) -> bool:
        decomposed = self.nfd.normalize_str
        if decomposed(c) != c:
            return False
        return decomposed(c + "\u0334") != c + "\u0334" or decomposed("\u0345" + c) != "\u0345" + c

    def combining_classes(self) -> dict[int, int]:
        """Ranks by the order that the library sorts marks into; the numbers are those of unicodedata."""
        marks = [code for code in scalars() if self.nonstarter(chr(code))]
        representatives = {}
        for code in marks:
            value = unicodedata.combining(chr(code))
            if value:
                representatives.setdefault(value, chr(code))
        order = sorted(representatives)
        nfd = self.nfd.normalize_str
        classes = {}
        for code in marks:
            c = chr(code)
            matching = [
                value
                for value in order
                if nfd(c + representatives[value]) == c + representatives[value]
                and nfd(representatives[value] + c) == representatives[value] + c
            ]
            assert len(matching) == 1, hex(code)
            classes[code] = matching[0]
            if unicodedata.combining(c) not in (0, matching[0]):
                print(f"U+{code:04X}: class {matching[0]}, unicodedata {unicodedata.combining(c)}")
        return classes


def array(name: str, comment: str, values: list[int]) -> str:
    lines, line = [], "       "
    for value in values:
        text = f" 0x{value:X},"
        if len(line) + len(text) > 120:
            lines.append(line)
            line = "       "
        line += text
    lines.append(line)
    body = "\n".join(lines)
    return f"    /// {comment}\n    static let {name}: [UInt32] = [\n{body}\n    ]\n"


def mappings(table: dict[int, str]) -> list[int]:
    values = []
    for code, text in sorted(table.items()):
        values.append(code | len(text) << 24)
        values.extend(map(ord, text))
    return values


def generate(root: Path) -> None:
    probe = Probe()
    classes = probe.combining_classes()
    records: dict[tuple[int, int], int] = {}
    ranges, lower, decompositions, last = [], {}, {}, None
    for code in scalars():
        c = chr(code)
        flags = probe.flags(c)
        record = records.setdefault((flags, classes.get(code, 0)), len(records))
        if record != last or code == 0xE000:
            ranges.append(code << 8 | record)
            last = record
        if flags & LOWERS:
            lower[code] = probe.lower.normalize_str(c)
        if flags & DECOMPOSES and code not in HANGUL:
            decompositions[code] = probe.nfd.normalize_str(c)
    assert len(records) <= 256
    # The rules that the tables rely on: decompositions are complete, and accents are stripped scalar by scalar.
    nonspacing = {code for code in scalars() if probe.nfd.normalize_str(chr(code)) == chr(code)
                  and probe.bert_accents.normalize_str(chr(code)) == ""}
    for code in scalars():
        text = probe.nfd.normalize_str(chr(code))
        kept = "".join(c for c in text if ord(c) not in nonspacing)
        assert probe.bert_accents.normalize_str(chr(code)) == kept, hex(code)
        if code in HANGUL:
            index = code - 0xAC00
            parts = [0x1100 + index // 588, 0x1161 + index % 588 // 28, 0x11A7 + index % 28]
            assert [ord(c) for c in text] == parts[: 3 if index % 28 else 2]
    values = [flags | combining << 16 for flags, combining in records]
    text = (
        "// This source file is part of the swift-sentence-transformers project.\n"
        "// Licensed under Apache License 2.0; see LICENSE.\n"
        "// SPDX-License-Identifier: Apache-2.0\n\n"
        "// Generated by Tests/Fixtures/generators/unicode_tables.py; do not edit.\n"
        "// swift-format-ignore-file\n\n"
        "/// Properties of all Unicode scalars as the reference's tokenizers see them.\n"
        "enum UnicodeData {\n"
        + array("records", "Bits of `ScalarProperties`; bits 16 to 23 are the canonical combining class.", values)
        + "\n"
        + array("ranges", "First scalar of a range (shifted by 8) and the index of its record.", ranges)
        + "\n"
        + array("lowercase", "Scalar and length of its mapping (bits 24 up), then the mapping.", mappings(lower))
        + "\n"
        + array("decompositions", "As `lowercase`: full canonical decompositions, without Hangul.",
                mappings(decompositions))
        + "}\n"
    )
    target = root.parent.parent / "Sources/SentenceTokenizers/Unicode/UnicodeData.swift"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
