# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Writes Sources/SentenceTokenizers/Unicode/UnicodeData.swift by asking the `tokenizers` library.

The crates inside `tokenizers` carry Unicode tables of different versions. So nothing is taken from the Unicode
character database: every property of every code point is read off the library's behaviour.
"""

import unicodedata
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

from generators._charsmap import charsmap

# Bits of a record; ScalarProperties.swift has the same list.
REMOVED, SPACE, CJK, PUNCTUATION, NONSPACING, MARK, DECOMPOSES, LOWERS, WORD, BLANK = (1 << bit for bit in range(10))
# Bits 10 to 14: the general category of regular expressions, as an index into CATEGORIES.
CATEGORY_SHIFT = 10
PATTERN_SPACE = 1 << 15
# Bits 16 to 23: the combining class.
NUMERIC, UNSTABLE, COMPATIBLE, EXTENDS, CONTROL, PREPENDS, PATTERN_WORD = (1 << bit for bit in range(24, 31))

CATEGORIES = (
    "Cn Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Co"
).split(" ")

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

        self.nfc = normalizers.NFC()
        self.nfkd = normalizers.NFKD()
        self.nfkc = normalizers.NFKC()
        self.digits = pre_tokenizers.Digits()
        self.categories = {name: self.pattern(f"\\p{{{name}}}") for name in CATEGORIES}
        self.pattern_space = self.pattern(r"\s")
        self.pattern_word = self.pattern(r"\w")
        self.grapheme = normalizers.Precompiled(charsmap({"a": "x"}))

    @staticmethod
    def pattern(text: str) -> pre_tokenizers.Split:
        return pre_tokenizers.Split(Regex(text), "removed")

    def category(self, c: str) -> int:
        likely = unicodedata.category(c)
        for name in ([likely] if likely in CATEGORIES else []) + CATEGORIES:
            if not self.categories[name].pre_tokenize_str(c):
                return CATEGORIES.index(name)
        raise AssertionError(hex(ord(c)))

    def ends_grapheme(self, c: str) -> bool:
        """Whether a mark behind `c` is a grapheme of its own; only short graphemes matter."""
        if unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp", "Cn") or ord(c) > 0xFFFF or c == "\0":
            return c == "\0"
        return normalizers.Precompiled(charsmap({c: "x"})).normalize_str(c + "\u0300") == "x\u0300"

    def begins_grapheme(self, c: str) -> bool:
        """Whether `c` joins the letter behind it."""
        if unicodedata.category(c) not in ("Cf", "Lo") or (ord(c) > 0x0E00 and not 0x11000 <= ord(c) < 0x12000):
            return False
        return normalizers.Precompiled(charsmap({c: "x"})).normalize_str(c + "a") == "x"

    def pattern_flags(self, c: str) -> int:
        flags = self.category(c) << CATEGORY_SHIFT
        if not self.pattern_space.pre_tokenize_str(c):
            flags |= PATTERN_SPACE
        if not self.pattern_word.pre_tokenize_str(c):
            flags |= PATTERN_WORD
        if len(self.digits.pre_tokenize_str(f"a{c}")) == 2:
            flags |= NUMERIC
        if self.nfc.normalize_str(c) != c:
            flags |= UNSTABLE
        if self.nfkd.normalize_str(c) != self.nfd.normalize_str(c):
            flags |= COMPATIBLE
        if self.grapheme.normalize_str("a" + c) == "x":
            flags |= EXTENDS
        if self.ends_grapheme(c):
            flags |= CONTROL
        if self.begins_grapheme(c):
            flags |= PREPENDS
        return flags

    def flags(self, c: str) -> int:
        flags = self.pattern_flags(c)
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


def compositions(probe: Probe, decompositions: dict[int, str]) -> dict[tuple[int, int], int]:
    """Pairs that compose to one scalar; without Hangul."""
    pairs = {}
    for code, text in decompositions.items():
        if len(text) < 2:
            continue
        first = probe.nfc.normalize_str(text[:-1])
        if probe.nfc.normalize_str(chr(code)) == chr(code):
            assert len(first) == 1 and probe.nfc.normalize_str(first + text[-1]) == chr(code), hex(code)
            pairs[ord(first), ord(text[-1])] = code
    return pairs


def scripts() -> list[int]:
    """First code point of a range (shifted by 8) and its script; 0 joins every other.

    The numbers are in the order in which the scripts are met: the pre-tokenizer only compares them.
    """
    split = pre_tokenizers.UnicodeScripts().pre_tokenize_str
    members: list[str] = []
    # The latest in front, since neighbours mostly share a script.
    order: list[int] = []
    ranges, last = [], None
    for code in scalars():
        c = chr(code)
        script = 0
        # What joins every script begins no word.
        if split(c):
            script = next((number for number in order if len(split(members[number - 1] + c)) == 1), len(members) + 1)
            if script > len(members):
                members.append(c)
            if order[:1] != [script]:
                order = [script] + [number for number in order if number != script]
        if script != last:
            ranges.append(code << 8 | script)
            last = script
    assert len(members) < 256
    return ranges


def generate(root: Path) -> None:
    probe = Probe()
    classes = probe.combining_classes()
    flags, lower, decompositions, compatible = {}, {}, {}, {}
    for code in scalars():
        c = chr(code)
        flags[code] = probe.flags(c)
        if flags[code] & LOWERS:
            lower[code] = probe.lower.normalize_str(c)
        if flags[code] & DECOMPOSES and code not in HANGUL:
            decompositions[code] = probe.nfd.normalize_str(c)
        if flags[code] & COMPATIBLE:
            compatible[code] = probe.nfkd.normalize_str(c)
    pairs = compositions(probe, decompositions)
    for code in {second for _, second in pairs} | set(classes) | set(range(0x1161, 0x1176)) | set(range(0x11A8, 0x11C3)):
        flags[code] |= UNSTABLE
    records: dict[int, int] = {}
    ranges, last = [], None
    for code in scalars():
        record = records.setdefault(flags[code] | classes.get(code, 0) << 16, len(records))
        if record != last or code == 0xE000:
            ranges.append(code << 10 | record)
            last = record
    assert len(records) <= 1024
    values = list(records)
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
        + array("ranges", "First scalar of a range (shifted by 10) and the index of its record.", ranges)
        + "\n"
        + array("lowercase", "Scalar and length of its mapping (bits 24 up), then the mapping.", mappings(lower))
        + "\n"
        + array("decompositions", "As `lowercase`: full canonical decompositions, without Hangul.",
                mappings(decompositions))
        + "\n"
        + array("compatible", "As `lowercase`: full compatibility decompositions where they differ.",
                mappings(compatible))
        + "\n"
        + array("compositions", "Two scalars and what they compose to, ascending, without Hangul.",
                [code for pair, whole in sorted(pairs.items()) for code in (*pair, whole)])
        + "\n"
        + array("scripts", "First scalar of a range (shifted by 8) and its script.", scripts())
        + "}\n"
    )
    target = root.parent.parent / "Sources/SentenceTokenizers/Unicode/UnicodeData.swift"
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, encoding="utf-8")
