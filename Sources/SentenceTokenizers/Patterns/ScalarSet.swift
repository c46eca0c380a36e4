// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A set of scalars in a regular expression: `a`, `.`, `\p{L}`, `[^\s\d_-]`.
struct ScalarSet: Sendable {
    enum Item: Sendable {
        case range(UInt32, UInt32)
        case categories(ScalarCategories)
        /// `\s`, and `\w` on its own.
        case space, word
        /// `\w` inside brackets, where it does not include numbers such as ½.
        case wordInBrackets
        indirect case not(Item)

        func contains(_ scalar: UInt32, _ properties: ScalarProperties) -> Bool {
            switch self {
            case .range(let first, let last): scalar >= first && scalar <= last
            case .categories(let categories): !categories.isDisjoint(with: properties.category)
            case .space: properties.isPatternSpace
            case .word: properties.isPatternWord
            case .wordInBrackets:
                properties.isPatternWord && properties.category != .otherNumbers
            case .not(let item): !item.contains(scalar, properties)
            }
        }
    }

    private let items: [Item]
    private let isInverted: Bool
    private let ignoresCase: Bool
    /// The ASCII characters in the set, one bit each.
    let ascii: (UInt64, UInt64)

    init(_ items: [Item], isInverted: Bool = false, ignoresCase: Bool = false) {
        var items = items
        if ignoresCase {
            for case .range(let first, let last) in items where first == last {
                ScalarCase.lowercase(first) { lower, isFirst in if isFirst { items.append(.range(lower, lower)) } }
            }
        }
        self.items = items
        self.isInverted = isInverted
        self.ignoresCase = ignoresCase
        var bits: (UInt64, UInt64) = (0, 0)
        for scalar in UInt32(0)..<128 where Self.find(scalar, items, ignoresCase) != isInverted {
            if scalar < 64 { bits.0 |= 1 << UInt64(scalar) } else { bits.1 |= 1 << UInt64(scalar - 64) }
        }
        ascii = bits
    }

    func contains(_ scalar: UInt32) -> Bool {
        Self.find(scalar, items, ignoresCase) != isInverted
    }

    private static func find(_ scalar: UInt32, _ items: [Item], _ ignoresCase: Bool) -> Bool {
        func isIn(_ scalar: UInt32) -> Bool {
            let properties = ScalarProperties(scalar)
            return items.contains { $0.contains(scalar, properties) }
        }
        if isIn(scalar) { return true }
        guard ignoresCase else { return false }
        // The long s is the only letter whose case cannot be told from its lower-case form.
        if scalar == 0x17F { return isIn(0x73) || isIn(0x53) }
        var found = false
        ScalarCase.lowercase(scalar) { lower, isFirst in if isFirst, lower != scalar { found = isIn(lower) } }
        return found || scalar &- 0x61 < 26 && isIn(scalar - 0x20) || scalar == 0x73 && isIn(0x17F)
    }
}
