# This source file is part of the swift-sentence-transformers project.
# Licensed under Apache License 2.0; see LICENSE.
# SPDX-License-Identifier: Apache-2.0
"""Builds the precompiled character maps of SentencePiece: a double array from UTF-8 to offsets of replacements."""

import struct

BLOCK = 256


def charsmap(mapping: dict[str, str]) -> bytes:
    """The map as its files have it. Every node gets a block of its own, so this is for small maps."""
    trie: dict = {}
    for key, value in mapping.items():
        node = trie
        for byte in key.encode("utf-8"):
            node = node.setdefault(byte, {})
        node[None] = value
    texts = bytearray()
    units = [0]

    def place(node: dict, position: int, label: int) -> None:
        base = len(units) + BLOCK - len(units) % BLOCK
        units.extend([0] * (base + BLOCK - len(units)))
        leaf = None in node
        units[position] = (position ^ base) << 10 | leaf << 8 | label
        if leaf:
            units[base] = 1 << 31 | len(texts)
            texts.extend(node[None].encode("utf-8") + b"\0")
        for byte, child in node.items():
            if byte is not None:
                place(child, base ^ byte, byte)

    place(trie, 0, 0)
    array = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(array)) + array + bytes(texts)
