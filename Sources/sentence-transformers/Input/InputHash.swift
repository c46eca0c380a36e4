// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// A running hash of rows: FNV-1a with 64 bits, which tells other input from the same input.
struct InputHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ row: InputRow) {
        add(row.input.text.utf8)
        add(row.input.pair?.utf8)
        add(row.fields)
    }

    mutating func add(text: String) { add(text.utf8) }

    /// Adds the bytes and then a sign that text does not have, so that parts cannot run together.
    private mutating func add(_ bytes: (some Sequence<UInt8>)?) {
        if let bytes { for byte in bytes { add(byte) } }
        add(bytes == nil ? 0xFE : 0xFF)
    }

    private mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
}
