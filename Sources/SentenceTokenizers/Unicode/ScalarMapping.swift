// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A mapping of some scalars to one or more others, packed as in `UnicodeData`.
final class ScalarMapping: Sendable {
    static let lowercase = ScalarMapping(UnicodeData.lowercase)
    static let decomposition = ScalarMapping(UnicodeData.decompositions)
    static let compatibility = ScalarMapping(UnicodeData.compatible)

    private let keys: [UInt32]
    /// The position after the key in `values`.
    private let positions: [UInt32]
    private let values: [UInt32]

    private init(_ packed: [UInt32]) {
        var keys: [UInt32] = []
        var positions: [UInt32] = []
        var index = 0
        while index < packed.count {
            keys.append(packed[index] & 0xFF_FFFF)
            positions.append(UInt32(index))
            index += 1 + Int(packed[index] >> 24)
        }
        self.keys = keys
        self.positions = positions
        values = packed
    }

    /// The scalars that `scalar` maps to; empty if it has no mapping.
    func callAsFunction(_ scalar: UInt32) -> ArraySlice<UInt32> {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < scalar { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count, keys[low] == scalar else { return [] }
        let position = Int(positions[low])
        return values[position + 1..<position + 1 + Int(values[position] >> 24)]
    }
}

/// Canonical decomposition and lower case of single scalars.
enum ScalarCase {
    /// Calls `body` with the scalars of the full canonical decomposition and with whether it is the first of them.
    static func decompose(_ scalar: UInt32, _ body: (UInt32, Bool) -> Void) {
        let syllable = scalar &- 0xAC00
        if syllable < 11172 {
            body(0x1100 + syllable / 588, true)
            body(0x1161 + syllable % 588 / 28, false)
            if syllable % 28 != 0 { body(0x11A7 + syllable % 28, false) }
            return
        }
        map(scalar, ScalarMapping.decomposition, body)
    }

    /// Like `decompose`, with the full compatibility decomposition.
    static func decomposeCompatibly(_ scalar: UInt32, _ body: (UInt32, Bool) -> Void) {
        if ScalarProperties(scalar).isCompatible {
            map(scalar, .compatibility, body)
        } else {
            decompose(scalar, body)
        }
    }

    /// The composition of two scalars.
    static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if first &- 0x1100 < 19, second &- 0x1161 < 21 {
            return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
        }
        if first &- 0xAC00 < 11172, (first - 0xAC00) % 28 == 0, second &- 0x11A8 < 27 {
            return first + second - 0x11A7
        }
        let pairs = UnicodeData.compositions
        var low = 0
        var high = pairs.count / 3
        while low < high {
            let middle = (low + high) / 2
            if (pairs[middle * 3], pairs[middle * 3 + 1]) < (first, second) { low = middle + 1 } else { high = middle }
        }
        guard low * 3 < pairs.count, pairs[low * 3] == first, pairs[low * 3 + 1] == second else { return nil }
        return pairs[low * 3 + 2]
    }

    /// Calls `body` with the scalars of the lower-case mapping and with whether it is the first of them.
    static func lowercase(_ scalar: UInt32, _ body: (UInt32, Bool) -> Void) {
        map(scalar, .lowercase, body)
    }

    private static func map(_ scalar: UInt32, _ table: ScalarMapping, _ body: (UInt32, Bool) -> Void) {
        let mapped = table(scalar)
        if mapped.isEmpty {
            body(scalar, true)
            return
        }
        var first = true
        for value in mapped {
            body(value, first)
            first = false
        }
    }
}
