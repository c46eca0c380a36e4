// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the reference's tokenizers know about one Unicode scalar.
struct ScalarProperties {
    let bits: UInt32

    /// Dropped when text is cleaned: controls, unassigned code points, NUL, U+FFFD.
    var isRemoved: Bool { bits & 1 != 0 }
    /// Turned into a space when text is cleaned.
    var isSpace: Bool { bits & 2 != 0 }
    /// A Chinese character in the sense of BERT.
    var isCJK: Bool { bits & 4 != 0 }
    /// Punctuation in the sense of BERT.
    var isPunctuation: Bool { bits & 8 != 0 }
    /// A non-spacing mark (category Mn).
    var isNonspacingMark: Bool { bits & 16 != 0 }
    /// Any mark (category M).
    var isMark: Bool { bits & 32 != 0 }
    /// Has a canonical decomposition.
    var decomposes: Bool { bits & 64 != 0 }
    /// Has a lower-case mapping.
    var lowers: Bool { bits & 128 != 0 }
    /// A word character of regular expressions (`\w`).
    var isWord: Bool { bits & 256 != 0 }
    /// White space (the Unicode property).
    var isWhitespace: Bool { bits & 512 != 0 }
    /// Canonical combining class; 0 is a starter.
    var combiningClass: UInt8 { UInt8(truncatingIfNeeded: bits >> 16) }

    init(_ scalar: UInt32) {
        bits = ScalarTable.shared.bits(scalar)
    }
}

/// The range list of `UnicodeData`, spread out into blocks when the first text needs it.
final class ScalarTable: Sendable {
    static let shared = ScalarTable()

    private static let blockBits: UInt32 = 7
    /// Index of the block of 128 scalars in `records`, in units of 128.
    private let blocks: [UInt16]
    private let records: [UInt8]

    private init() {
        let size = 1 << Int(Self.blockBits)
        var blocks: [UInt16] = []
        var records: [UInt8] = []
        var uniform: [UInt8: UInt16] = [:]
        let ranges = UnicodeData.ranges
        var next = 0
        var current: UInt8 = 0
        var start: UInt32 = 0
        while start < 0x11_0000 {
            let end = start + UInt32(size)
            let unchanged = next == ranges.count || ranges[next] >> 8 >= end
            if unchanged, let block = uniform[current] {
                blocks.append(block)
                start = end
                continue
            }
            let block = UInt16(records.count / size)
            if unchanged { uniform[current] = block }
            for scalar in start..<end {
                while next < ranges.count, ranges[next] >> 8 <= scalar {
                    current = UInt8(truncatingIfNeeded: ranges[next])
                    next += 1
                }
                records.append(current)
            }
            blocks.append(block)
            start = end
        }
        self.blocks = blocks
        self.records = records
    }

    /// The properties of a scalar below 0x110000.
    func bits(_ scalar: UInt32) -> UInt32 {
        let block = Int(blocks[Int(scalar >> Self.blockBits)])
        return UnicodeData.records[Int(records[block << Int(Self.blockBits) | Int(scalar & 127)])]
    }
}
