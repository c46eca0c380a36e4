// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The symbols of a word while pairs of them are being merged.
struct SymbolList: ~Copyable {
    /// The id of each symbol.
    private(set) var ids = GrowingBuffer<Int32>()
    /// The number of bytes of the word in each symbol.
    private(set) var lengths = GrowingBuffer<Int32>()
    /// The merge of each symbol with the next one, or `MergeTable.none`.
    private var merges = GrowingBuffer<UInt64>()
    private var previous = GrowingBuffer<Int32>()
    private var next = GrowingBuffer<Int32>()
    private var heap = MinimumHeap()

    /// Words with more symbols are merged using the heap.
    private static let shortWord = 48

    var count: Int { ids.count }

    mutating func removeAll() {
        ids.removeAll()
        lengths.removeAll()
    }

    mutating func append(_ id: Int32, _ length: Int) {
        ids.append(id)
        lengths.append(Int32(truncatingIfNeeded: length))
    }

    /// Merges until no pair is in the table: always the pair with the lowest rank, and of several the leftmost.
    mutating func merge(_ table: MergeTable) {
        guard count > 1 else { return }
        merges.removeAll()
        merges.reserve(count)
        table.withLookup { find in
            for index in 0..<count - 1 { merges.appendReserved(find(ids[index], ids[index + 1])) }
            merges.appendReserved(MergeTable.none)
            if count <= Self.shortWord {
                mergeShort(find)
            } else {
                mergeLong(find)
            }
        }
    }

    private mutating func mergeShort(_ find: (Int32, Int32) -> UInt64) {
        var count = count
        while true {
            var best = MergeTable.none
            var place = 0
            for index in 0..<count - 1 where merges[index] < best {
                best = merges[index]
                place = index
            }
            if best == MergeTable.none { break }
            ids[place] = MergeTable.result(best)
            lengths[place] += lengths[place + 1]
            for index in place + 1..<count - 1 {
                ids[index] = ids[index + 1]
                lengths[index] = lengths[index + 1]
                merges[index] = merges[index + 1]
            }
            count -= 1
            merges[place] = place + 1 < count ? find(ids[place], ids[place + 1]) : MergeTable.none
            if place > 0 { merges[place - 1] = find(ids[place - 1], ids[place]) }
        }
        ids.truncate(to: count)
        lengths.truncate(to: count)
    }

    /// Takes near-linear time: a linked list of symbols, and a heap of merges, some of which are out of date.
    private mutating func mergeLong(_ find: (Int32, Int32) -> UInt64) {
        let count = Int32(count)
        previous.removeAll()
        next.removeAll()
        heap.removeAll()
        for index in 0..<count {
            previous.append(index - 1)
            next.append(index + 1)
            push(index)
        }
        while let entry = heap.removeMinimum() {
            let place = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF)
            let merge = merges[place]
            // A removed symbol has no merge.
            guard merge != MergeTable.none, MergeTable.rank(merge) == entry >> 32 else { continue }
            let second = Int(next[place])
            ids[place] = MergeTable.result(merge)
            lengths[place] += lengths[second]
            merges[second] = MergeTable.none
            lengths[second] = -1
            let after = next[second]
            next[place] = after
            merges[place] = after < count ? find(ids[place], ids[Int(after)]) : MergeTable.none
            if after < count { previous[Int(after)] = Int32(place) }
            push(Int32(place))
            let before = previous[place]
            if before >= 0 {
                merges[Int(before)] = find(ids[Int(before)], ids[place])
                push(before)
            }
        }
        var kept = 0
        for index in 0..<Int(count) where lengths[index] >= 0 {
            ids[kept] = ids[index]
            lengths[kept] = lengths[index]
            kept += 1
        }
        ids.truncate(to: kept)
        lengths.truncate(to: kept)
    }

    private mutating func push(_ place: Int32) {
        let merge = merges[Int(place)]
        if merge != MergeTable.none { heap.insert(MergeTable.rank(merge) << 32 | UInt64(place)) }
    }
}

/// A binary heap with the smallest number on top.
struct MinimumHeap: ~Copyable {
    private var items = GrowingBuffer<UInt64>()

    mutating func removeAll() {
        items.removeAll()
    }

    mutating func insert(_ item: UInt64) {
        items.append(item)
        var place = items.count - 1
        while place > 0, items[(place - 1) / 2] > item {
            items[place] = items[(place - 1) / 2]
            place = (place - 1) / 2
        }
        items[place] = item
    }

    mutating func removeMinimum() -> UInt64? {
        guard items.count > 0 else { return nil }
        let result = items[0]
        let last = items[items.count - 1]
        items.truncate(to: items.count - 1)
        guard items.count > 0 else { return result }
        var place = 0
        while true {
            var child = 2 * place + 1
            guard child < items.count else { break }
            if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
            guard items[child] < last else { break }
            items[place] = items[child]
            place = child
        }
        items[place] = last
        return result
    }
}
