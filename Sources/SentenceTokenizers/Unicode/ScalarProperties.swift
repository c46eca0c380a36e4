// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The properties of one Unicode scalar that the reference's tokenizers use.
struct ScalarProperties {
    let bits: UInt32

    /// Dropped when text is cleaned: control characters, unassigned code points, NUL, U+FFFD.
    var isRemoved: Bool { bits & 1 != 0 }
    /// Turned into a space when text is cleaned.
    var isSpace: Bool { bits & 2 != 0 }
    /// A Chinese character, as defined by BERT.
    var isCJK: Bool { bits & 4 != 0 }
    /// Punctuation, as defined by BERT.
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
    /// White space of regular expressions (`\s`).
    var isPatternSpace: Bool { bits & 1 << 15 != 0 }
    /// A word character in the regular expressions in files (`\w`).
    var isPatternWord: Bool { bits & 1 << 30 != 0 }
    /// A digit or another number, as defined by the pre-tokenizer `Digits`.
    var isNumeric: Bool { bits & 1 << 24 != 0 }
    /// May change, or combine with what precedes it, in composed normal form.
    var isUnstable: Bool { bits & 1 << 25 != 0 }
    /// Has a compatibility decomposition of its own.
    var isCompatible: Bool { bits & 1 << 26 != 0 }
    /// Belongs to the grapheme before it.
    var extendsGrapheme: Bool { bits & 1 << 27 != 0 }
    /// Is a grapheme by itself.
    var isControl: Bool { bits & 1 << 28 != 0 }
    /// Belongs to the grapheme after it.
    var prependsGrapheme: Bool { bits & 1 << 29 != 0 }
    /// The general category in regular expressions.
    var category: ScalarCategories { ScalarCategories(rawValue: 1 << (bits >> 10 & 31)) }
    /// Canonical combining class; 0 is a starter.
    var combiningClass: UInt8 { UInt8(truncatingIfNeeded: bits >> 16) }

    init(_ scalar: UInt32) {
        bits = ScalarTable.shared.bits(scalar)
    }
}

/// A set of general categories.
struct ScalarCategories: OptionSet, Sendable {
    let rawValue: UInt32

    /// The names in the order of the bits, as in unicode_tables.py.
    static let names = [
        "Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf",
        "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Co",
    ]

    /// The categories with a name, or all whose names begin with a letter.
    init?(named name: String) {
        let matching = Self.names.indices.filter {
            Self.names[$0] == name || name.count == 1 && Self.names[$0].hasPrefix(name)
        }
        if matching.isEmpty { return nil }
        rawValue = matching.reduce(0) { $0 | 1 << UInt32($1) }
    }

    init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    static let letters = ScalarCategories(rawValue: 0b11_1110)
    static let marks = ScalarCategories(rawValue: 0b1_1100_0000)
    static let numbers = ScalarCategories(rawValue: 0b1110_0000_0000)
    static let otherNumbers = ScalarCategories(rawValue: 1 << 11)
    static let upperLetters = ScalarCategories(rawValue: 0b1010 | 0b11_0000)
    static let lowerLetters = ScalarCategories(rawValue: 0b0100 | 0b11_0000)
    static let punctuation = ScalarCategories(rawValue: 0b111_1111 << 12)
    static let symbols = ScalarCategories(rawValue: 0b1111 << 19)
}

/// The ranges of `UnicodeData`, expanded into blocks when the first text needs them.
final class ScalarTable: Sendable {
    static let shared = ScalarTable()

    private static let blockBits: UInt32 = 7
    /// Index of the block of 128 scalars in `records`, in units of 128.
    private let blocks: [UInt16]
    private let records: [UInt16]

    private init() {
        let size = 1 << Int(Self.blockBits)
        var blocks: [UInt16] = []
        var records: [UInt16] = []
        var uniform: [UInt16: UInt16] = [:]
        let ranges = UnicodeData.ranges
        var next = 0
        var current: UInt16 = 0
        var start: UInt32 = 0
        while start < 0x11_0000 {
            let end = start + UInt32(size)
            let unchanged = next == ranges.count || ranges[next] >> 10 >= end
            if unchanged, let block = uniform[current] {
                blocks.append(block)
                start = end
                continue
            }
            let block = UInt16(records.count / size)
            if unchanged { uniform[current] = block }
            for scalar in start..<end {
                while next < ranges.count, ranges[next] >> 10 <= scalar {
                    current = UInt16(truncatingIfNeeded: ranges[next] & 1023)
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
