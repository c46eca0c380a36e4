// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import Synchronization

/// An embedding and its score with another one, in 8 bytes.
struct Neighbour {
    let index: UInt32
    let score: Float

    /// Whether this one comes first: by score, then by index.
    func ranks(before other: Neighbour) -> Bool {
        score > other.score || (score == other.score && index < other.index)
    }
}

/// How many embeddings score at least a threshold with each one, and which, as long as they are not too many.
struct NeighbourLists {
    /// How many pairs are kept at most, in 12 bytes each; then, in lists, in 16.
    static let keptPairs = 32 << 20

    /// For each row the number of rows that score at least the threshold with it, counting itself.
    private(set) var counts: [UInt32]
    /// Where the neighbours of a row begin, and those of all rows; nil if they were too many.
    private var lists: (offsets: [Int], neighbours: [Neighbour])?

    /// Whether lists are kept.
    var hasLists: Bool { lists != nil }

    /// The neighbours of a row that had at least so many as the initializer says, in no particular order.
    subscript(row: Int) -> ArraySlice<Neighbour> {
        guard let lists else { return [] }
        return lists.neighbours[lists.offsets[row]..<lists.offsets[row + 1]]
    }

    /// Compares all pairs.
    ///
    /// - Parameters:
    ///   - pairs: What to compare.
    ///   - threshold: The lowest score of neighbours.
    ///   - least: How many neighbours a row must have for its list to be kept.
    ///   - keptPairs: How many pairs to keep at most.
    /// - Throws: An error of the corpus, or of the caller who wants an end.
    init(_ pairs: AllPairs, threshold: Float, least: Int, keptPairs: Int = Self.keptPairs) throws {
        let shared = SharedCounts(rows: pairs.rows.count, keptPairs: keptPairs)
        var kept: [[Pair]] = []
        try pairs.forEachScan { range in
            { Collector(shared, range: range, threshold: threshold) }
        } finish: { range, collectors in
            for collector in collectors {
                for (place, count) in collector.queryCounts.enumerated() {
                    shared.counts[range.lowerBound + place] += count
                }
                kept.append(collector.pairs)
            }
            if shared.isFull { kept = [] }
        }
        counts = Array(UnsafeBufferPointer(start: shared.counts, count: shared.rows))
        guard !shared.isFull else { return }
        var offsets = [0]
        offsets.reserveCapacity(counts.count + 1)
        for count in counts { offsets.append(offsets[offsets.count - 1] + (count < least ? 0 : Int(count))) }
        var next = offsets
        var neighbours = [Neighbour](repeating: Neighbour(index: 0, score: 0), count: offsets[counts.count])
        func add(_ neighbour: UInt32, _ score: Float, to row: UInt32) {
            guard counts[Int(row)] >= least else { return }
            neighbours[next[Int(row)]] = Neighbour(index: neighbour, score: score)
            next[Int(row)] += 1
        }
        for index in kept.indices {
            for pair in kept[index] {
                add(pair.second, pair.score, to: pair.first)
                if pair.first != pair.second { add(pair.first, pair.score, to: pair.second) }
            }
            kept[index] = []
        }
        lists = (offsets, neighbours)
    }

    /// Two rows, the second of which is not before the first.
    private struct Pair {
        let first: UInt32
        let second: UInt32
        let score: Float
    }

    /// What all threads count.
    ///
    /// `@unchecked Sendable`: in a scan every row belongs to one thread, which alone writes its count; between scans only
    /// the caller does.
    private final class SharedCounts: @unchecked Sendable {
        let rows: Int
        let counts: UnsafeMutablePointer<UInt32>
        private let keptPairs: Int
        private let pairs = Atomic(0)

        init(rows: Int, keptPairs: Int) {
            self.rows = rows
            self.keptPairs = keptPairs
            counts = .allocate(capacity: rows)
            counts.initialize(repeating: 0, count: rows)
        }

        deinit { counts.deallocate() }

        /// Whether there are more pairs than are kept.
        var isFull: Bool { pairs.load(ordering: .relaxed) > keptPairs }

        /// Counts pairs that are about to be kept; returns whether they may be.
        func keep(_ count: Int) -> Bool {
            guard !isFull else { return false }
            return pairs.wrappingAdd(count, ordering: .relaxed).newValue <= keptPairs
        }
    }

    private final class Collector: PairTaker {
        private(set) var queryCounts: [UInt32]
        private(set) var pairs: [Pair] = []
        private let shared: SharedCounts
        private let first: Int
        private let floors: EqualFloors

        init(_ shared: SharedCounts, range: Range<Int>, threshold: Float) {
            self.shared = shared
            first = range.lowerBound
            floors = EqualFloors(threshold, count: range.count)
            queryCounts = [UInt32](repeating: 0, count: range.count)
        }

        var queryFloors: UnsafePointer<Float> { floors.start }
        func floor(ofRow row: Int) -> Float { floors.floor }

        func take(row: Int, _ queries: UnsafePointer<UInt32>, _ scores: UnsafePointer<Float>, count: Int) {
            var found = 0
            for place in 0..<count where scores[place] >= floors.floor && first + Int(queries[place]) <= row {
                found += 1
            }
            let isKept = shared.keep(found)
            if !isKept, !pairs.isEmpty { pairs = [] }
            for place in 0..<count where scores[place] >= floors.floor {
                let query = Int(queries[place])
                if first + query > row { return }
                queryCounts[query] += 1
                if first + query != row { shared.counts[row] += 1 }
                if isKept {
                    pairs.append(Pair(first: UInt32(first + query), second: UInt32(row), score: scores[place]))
                }
            }
        }
    }
}
