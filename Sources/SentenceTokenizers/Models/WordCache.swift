// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The tokens of recently seen words.
///
/// Every word maps to one slot, which holds the last word that maps to it. When the memory for words and tokens is
/// full, the whole cache is cleared, so it does not grow without bound.
struct WordCache: ~Copyable {
    private struct Slot: BitwiseCopyable {
        var hash: UInt64 = 0
        /// Where the word begins in `keys`.
        var key: UInt32 = 0
        /// Where its tokens begin in `ids` and `lengths`.
        var tokens: UInt32 = 0
        var length: UInt16 = 0
        var count: UInt16 = 0
        /// Slots of an earlier generation are empty.
        var generation: UInt32 = 0
    }

    /// Longer words are not kept.
    static let longestWord = 64
    private static let slotCount = 1 << 14
    private static let capacity = 1 << 18

    private let slots: UnsafeMutablePointer<Slot>
    private var generation: UInt32 = 1
    private var keys = GrowingBuffer<UInt8>(capacity: 4096)
    private var ids = GrowingBuffer<Int32>(capacity: 1024)
    private var lengths = GrowingBuffer<UInt8>(capacity: 1024)

    init() {
        slots = .allocate(capacity: Self.slotCount)
        slots.initialize(repeating: Slot(), count: Self.slotCount)
    }

    deinit {
        slots.deallocate()
    }

    /// The hash of a word; reads up to seven bytes after it.
    @inline(__always)
    static func hash(_ bytes: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        var state = UInt64(truncatingIfNeeded: length) &* 0x9E37_79B9_7F4A_7C15
        var index = 0
        while index < length {
            var block = UInt64(littleEndian: UnsafeRawPointer(bytes + index).loadUnaligned(as: UInt64.self))
            let rest = length - index
            if rest < 8 { block &= ~0 >> UInt64((8 - rest) * 8) }
            let product = (state ^ block).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            state = product.high ^ product.low
            index += 8
        }
        return state
    }

    /// Appends the tokens of a known word; false if it is not known.
    @inline(__always)
    func find(_ bytes: UnsafePointer<UInt8>, _ word: Range<Int>, _ hash: UInt64, into tokens: inout TokenRun) -> Bool {
        let slot = slots[Int(truncatingIfNeeded: hash >> 40) & (Self.slotCount - 1)]
        guard slot.hash == hash, slot.generation == generation, Int(slot.length) == word.count,
            TokenTable.equal(keys.base + Int(slot.key), bytes + word.lowerBound, word.count)
        else { return false }
        let first = Int(slot.tokens)
        tokens.ids.append(from: ids.base + first, count: Int(slot.count))
        if tokens.keepsSources {
            var start = Int32(word.lowerBound)
            for index in 0..<Int(slot.count) {
                let end = start + Int32(lengths[first + index])
                tokens.starts.append(start)
                tokens.ends.append(end)
                start = end
            }
        }
        return true
    }

    /// Stores the tokens of a word, which cover it one after another.
    mutating func insert(
        _ bytes: UnsafePointer<UInt8>, _ word: Range<Int>, _ hash: UInt64, _ symbols: borrowing SymbolList
    ) {
        if keys.count + word.count > Self.capacity || ids.count + symbols.count > Self.capacity {
            keys.removeAll()
            ids.removeAll()
            lengths.removeAll()
            generation += 1
        }
        slots[Int(truncatingIfNeeded: hash >> 40) & (Self.slotCount - 1)] = Slot(
            hash: hash, key: UInt32(keys.count), tokens: UInt32(ids.count), length: UInt16(word.count),
            count: UInt16(symbols.count), generation: generation)
        keys.append(from: bytes + word.lowerBound, count: word.count)
        for index in 0..<symbols.count {
            ids.append(symbols.ids[index])
            lengths.append(UInt8(truncatingIfNeeded: symbols.lengths[index]))
        }
    }
}
