// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTransformers

/// A running hash of rows (64-bit FNV-1a), which shows whether another run reads the same input.
struct InputHash {
    private var hash = ByteHash()

    var value: UInt64 { hash.value }

    mutating func add(_ row: InputRow) {
        add(text: row.input.text)
        end(row.input.pair.map { hash.add($0) })
        end(row.fields.map { $0.withUnsafeBytes { hash.add($0) } })
    }

    mutating func add(text: String) { end(hash.add(text)) }

    /// Adds a sign that text does not have, so that parts cannot run together; another one for a part that is missing.
    private mutating func end(_ part: Void?) { hash.add(part == nil ? 0xFE : 0xFF) }
}
