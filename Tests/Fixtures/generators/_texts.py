# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Texts of all kinds from a number: the same as GeneratedTexts.swift makes, so that only hashes need be stored."""

MASK = (1 << 64) - 1

WORDS = (
    "the of and to in a is that for it was on are as with be by this have from or one had not but what all were when"
    " we there can an your which their said if do will each about how up out them then she many some so these would"
    " other into has more her two like him see time could no make than first been its who now people my made over did"
    " down only way find use may water long little very after words called just where most know embedding"
    " transformers tokenization unbelievable internationalization don't it's naïve café Zürich São Ångström İstanbul"
    " ΣΊΣΥΦΟΣ Straße ﬁnance Ⅻ ½ ǅ"
).split(" ")
SPECIALS = [
    "[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "[mask]", "[ CLS ]", "##ing", "##", "[[SEP]]", "[unused1]", "<ent>",
    "<s>", "</s>", "[NEW]", "new token",
]
MORE_SPECIALS = SPECIALS + [
    "<|endoftext|>", "<|startoftext|>", "<mask>", "  <mask>", "<pad>", "<unk>", "\u2581",
    "\u2581\u2581a", "\u0120", "'S", "'\u017f", "'ll", "'RE", "\r\n", "\n\n", "  ", "   x", "<0x41>", "</w>", "<extra_id_5>", "``", "''",
    "\u2167\u0663\u00b2", "\u00a9\u0300", "\u2460\u0301", "x\u0000y", "\u1100\u1161\u11a8\u0300",
]
SCRIPTS = [
    (0x00A0, 0x024F), (0x0250, 0x02FF), (0x0370, 0x03FF), (0x0400, 0x052F), (0x0530, 0x058F), (0x0590, 0x05FF),
    (0x0600, 0x06FF), (0x0700, 0x074F), (0x0900, 0x097F), (0x0980, 0x09FF), (0x0B80, 0x0BFF), (0x0E00, 0x0E7F),
    (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x13A0, 0x13FF), (0x1780, 0x17FF),
    (0x1B00, 0x1B7F), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x2100, 0x214F),
    (0x2C00, 0x2C5F), (0x3000, 0x30FF), (0xA640, 0xA69F), (0xF900, 0xFAFF), (0xFB00, 0xFB4F), (0xFE00, 0xFFFF),
    (0x10400, 0x1044F), (0x11000, 0x1107F), (0x1D100, 0x1D1FF), (0x1D400, 0x1D4FF), (0x2F800, 0x2FA1F),
]
MARKS = [
    (0x0300, 0x036F), (0x0591, 0x05BD), (0x064B, 0x0655), (0x0E31, 0x0E3A), (0x0F71, 0x0F84), (0x1DC0, 0x1DFF),
    (0x20D0, 0x20F0), (0x302A, 0x302F), (0x1D165, 0x1D172), (0x0334, 0x0338), (0x0CC0, 0x0CD6), (0x1B34, 0x1B44),
]
EMOJI = [0x1F600, 0x1F468, 0x1F469, 0x1F467, 0x1F3FD, 0x2764, 0x1F1E9, 0x1F1EA, 0x1F680, 0x2600]
SPACES = [0x20, 0x09, 0x0A, 0x0D, 0xA0, 0x2003, 0x3000, 0x200B, 0x00, 0x01, 0x7F, 0x85, 0x2028, 0xFEFF, 0xFFFD, 0xAD]


class SplitMix64:
    """Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014."""

    def __init__(self, seed: int):
        self.state = seed & MASK

    def next(self) -> int:
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ z >> 27) * 0x94D049BB133111EB) & MASK
        return z ^ z >> 31

    def below(self, bound: int) -> int:
        return self.next() % bound

    def pick(self, items):
        return items[self.below(len(items))]

    def within(self, bounds: tuple[int, int]) -> int:
        return bounds[0] + self.below(bounds[1] - bounds[0] + 1)


def piece(random: SplitMix64, specials: list[str]) -> list[int]:
    kind = random.below(16)
    if kind < 5:
        word = random.pick(WORDS)
        if random.below(4) == 0:
            word = word[0].upper() + word[1:] if word[0].isascii() else word
        return [ord(c) for c in word]
    if kind == 5:
        return [random.within((0x20, 0x7E)) for _ in range(1 + random.below(8))]
    if kind == 6:
        script = random.pick(SCRIPTS)
        return [random.within(script) for _ in range(1 + random.below(8))]
    if kind == 7:
        result = [random.within(random.pick([(0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xFF), (0x1EA0, 0x1EF9)]))]
        for _ in range(1 + random.below(5)):
            result.append(random.within(random.pick(MARKS)))
        return result
    if kind == 8:
        result = [random.pick(EMOJI)]
        for _ in range(random.below(4)):
            result += [random.pick([0x200D, 0xFE0F]), random.pick(EMOJI)]
        return result
    if kind == 9:
        return [ord(c) for c in random.pick(specials)]
    if kind == 10:
        return [random.pick(SPACES) for _ in range(1 + random.below(4))]
    if kind == 11:
        result = []
        for _ in range(1 + random.below(6)):
            code = random.below(0x110000)
            result.append(code if not 0xD800 <= code <= 0xDFFF else 0x41)
        return result
    if kind == 12:
        script = random.pick([(0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x3041, 0x3096), (0x20000, 0x2A6DF)])
        return [random.within(script) for _ in range(1 + random.below(6))]
    if kind == 13:
        return [random.pick([0x61, 0xE9, 0x416, 0x0E01])] * (95 + random.below(12))
    if kind == 14:
        return [random.pick([0x30, 0x31, 0x39, 0x2E, 0x2C, 0x2D, 0x24, 0x25]) for _ in range(1 + random.below(7))]
    bounds = random.pick(MARKS)
    return [random.within(bounds) for _ in range(1 + random.below(4))]


def text(random: SplitMix64, specials: list[str]) -> str:
    result: list[int] = []
    for _ in range(random.below(14)):
        result += piece(random, specials)
        if random.below(4) != 0:
            result.append(0x20)
    return "".join(map(chr, result))


class Case:
    """One call of the tokenizer. Every second has a pair, every second of each is cut."""

    def __init__(self, seed: int, index: int, specials: list[str] = SPECIALS):
        random = SplitMix64(seed + index)
        self.text = text(random, specials)
        self.pair = text(random, specials) if index % 4 >= 2 else None
        self.max_length = 3 + random.below(30) if index % 2 == 1 else None
        self.strategy = random.pick(["longest_first", "longest_first", "only_first", "only_second"])
        self.direction = random.pick(["right", "right", "left"])
        self.special = random.below(8) != 0


def byte_starts(text: str) -> list[int]:
    """Where each character begins in UTF-8, and at last where the text ends."""
    starts = [0]
    for c in text:
        starts.append(starts[-1] + len(c.encode("utf-8")))
    return starts


def encode(backend, case: Case):
    """The reference's encoding as lists (ids, type ids, sequence ids or −1, byte offsets); None where it fails."""
    if case.max_length is None:
        backend.no_truncation()
    else:
        backend.enable_truncation(case.max_length, strategy=case.strategy, direction=case.direction)
    if case.special and case.max_length is not None:
        # The library wraps around here and leaves the text as it is; ours is an error.
        if case.max_length < backend.num_special_tokens_to_add(case.pair is not None):
            return None
    try:
        found = backend.encode(case.text, case.pair, add_special_tokens=case.special)
    except Exception:  # the library raises nothing narrower
        return None
    starts = [byte_starts(case.text), byte_starts(case.pair or "")]
    offsets = []
    for sequence, pair in zip(found.sequence_ids, found.offsets):
        offsets.append([0, 0] if sequence is None else [starts[sequence][place] for place in pair])
    sequences = [-1 if sequence is None else sequence for sequence in found.sequence_ids]
    return found.ids, found.type_ids, sequences, offsets


def fnv1a(values: list[int], state: int = 0xCBF29CE484222325) -> int:
    """FNV-1a, 64 bits, over the values as little-endian 32-bit integers."""
    for value in values:
        for byte in (value & 0xFFFFFFFF).to_bytes(4, "little"):
            state = ((state ^ byte) * 0x100000001B3) & MASK
    return state


def hash_of(encoding, state: int) -> int:
    if encoding is None:
        return fnv1a([-1], state)
    ids, types, sequences, offsets = encoding
    return fnv1a([len(ids), *ids, *types, *sequences, *(x for pair in offsets for x in pair)], state)
