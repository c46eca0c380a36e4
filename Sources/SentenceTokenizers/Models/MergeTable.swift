// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The pairs of symbols that merge: a hash table with open addressing, at most half full.
struct MergeTable: Sendable {
    /// Two slots for each pair: the pair (left id in the upper half) + 1, and the merge.
    private let slots: [UInt64]
    private let mask: Int

    /// No merge; greater than all merges.
    static let none = UInt64.max

    /// The rank of a merge: lower ones are applied first.
    static func rank(_ merge: UInt64) -> UInt64 { merge >> 32 }

    /// The symbol that a merge creates.
    static func result(_ merge: UInt64) -> Int32 { Int32(truncatingIfNeeded: merge) }

    /// A pair that merges; its rank is its position in the list.
    struct Pair: BitwiseCopyable {
        var left: Int32
        var right: Int32
        var result: Int32
    }

    /// Builds the table; if there are equal pairs, the last one is used.
    init(_ pairs: [Pair]) {
        var size = 16
        while size < pairs.count * 2 { size *= 2 }
        let mask = size - 1
        slots = [UInt64](unsafeUninitializedCapacity: size * 2) { buffer, count in
            buffer.initialize(repeating: 0)
            for (rank, pair) in pairs.enumerated() {
                let key = Self.key(pair.left, pair.right)
                var slot = Self.slot(key, mask)
                while buffer[2 * slot] != 0, buffer[2 * slot] != key { slot = (slot + 1) & mask }
                buffer[2 * slot] = key
                buffer[2 * slot + 1] = UInt64(rank) << 32 | UInt64(UInt32(bitPattern: pair.result))
            }
            count = size * 2
        }
        self.mask = mask
    }

    @inline(__always)
    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        (UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))) &+ 1
    }

    @inline(__always)
    private static func slot(_ key: UInt64, _ mask: Int) -> Int {
        let product = key &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: (product ^ product >> 32) >> 8) & mask
    }

    /// Passes to `body` a function that returns the merge of a pair, or `none`.
    @inline(__always)
    func withLookup(_ body: ((Int32, Int32) -> UInt64) -> Void) {
        let mask = mask
        slots.withUnsafeBufferPointer { slots in
            body { left, right in
                let key = Self.key(left, right)
                var slot = Self.slot(key, mask)
                while true {
                    let found = slots[2 * slot]
                    if found == key { return slots[2 * slot + 1] }
                    if found == 0 { return Self.none }
                    slot = (slot + 1) & mask
                }
            }
        }
    }
}
