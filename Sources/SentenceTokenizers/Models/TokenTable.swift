// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A hash table from spellings to entries of a vocabulary: open addressing, linear probing, at most half full.
struct TokenTable: Sendable {
    /// Upper half: part of the hash.
    ///
    /// Lower half: entry + 1, or 0 for a free slot.
    private(set) var slots: [UInt64]
    /// The number of entries.
    private(set) var count = 0

    /// Creates a table with room for a number of entries.
    init(entries: Int) {
        var size = 16
        while size < entries * 2 { size *= 2 }
        slots = [UInt64](repeating: 0, count: size)
    }

    private static let tagMask: UInt64 = 0xFFFF_FFFF_0000_0000

    /// The state of the hash before the first byte (FNV-1a).
    static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    /// The state after one more byte.
    static func step(_ state: UInt64, _ byte: UInt8) -> UInt64 {
        (state ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    /// The hash of a run of bytes.
    static func hash(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        var state = seed
        for index in 0..<count { state = step(state, bytes[index]) }
        return state
    }

    /// Whether two runs of bytes are equal.
    static func equal(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        for index in 0..<count where a[index] != b[index] { return false }
        return true
    }

    /// Inserts an entry; replaces one with the same spelling.
    mutating func insert(_ entry: Int, _ hash: UInt64, isSame: (Int) -> Bool) {
        let tag = hash & Self.tagMask
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 29) & (slots.count - 1)
        while slots[slot] != 0 {
            if slots[slot] & Self.tagMask == tag, isSame(Int(UInt32(truncatingIfNeeded: slots[slot])) - 1) {
                slots[slot] = tag | UInt64(entry + 1)
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = tag | UInt64(entry + 1)
        count += 1
    }

    /// The content of the slot where the search for a hash begins.
    func firstSlot(_ hash: UInt64) -> UInt64 {
        slots[Int(truncatingIfNeeded: hash ^ hash >> 29) & (slots.count - 1)]
    }

    /// The entry in a slot; `nil` if the slot is free.
    static func entry(_ slot: UInt64) -> Int? {
        slot == 0 ? nil : Int(UInt32(truncatingIfNeeded: slot)) - 1
    }

    /// The entry with a hash that satisfies `isSame`.
    func find(_ hash: UInt64, isSame: (Int) -> Bool) -> Int? {
        slots.withUnsafeBufferPointer { Self.find($0, hash, isSame: isSame) }
    }

    /// Like the method, for callers that already have access to the slots.
    static func find(_ slots: UnsafeBufferPointer<UInt64>, _ hash: UInt64, isSame: (Int) -> Bool) -> Int? {
        let tag = hash >> 32
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash ^ hash >> 29) & mask
        while true {
            let value = slots[slot]
            if value == 0 { return nil }
            if value >> 32 == tag {
                let entry = Int(UInt32(truncatingIfNeeded: value)) - 1
                if isSame(entry) { return entry }
            }
            slot = (slot + 1) & mask
        }
    }
}
