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
        let shared = SharedCounts(rows: pairs.rows.rows, keptPairs: keptPairs)
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

    private final class Collector: ScoreCollector {
        private(set) var queryCounts: [UInt32]
        private(set) var pairs: [Pair] = []
        private let shared: SharedCounts
        private let first: Int
        private let threshold: Float
        private let kernels = RowSearchKernels()

        init(_ shared: SharedCounts, range: Range<Int>, threshold: Float) {
            self.shared = shared
            self.threshold = threshold
            first = range.lowerBound
            queryCounts = [UInt32](repeating: 0, count: range.count)
        }

        func collect(
            query: Int, _ scores: UnsafePointer<Float>, of rows: RowBlock, selected: UnsafeMutablePointer<UInt32>
        ) {
            let row = first + query
            if rows[rows.count - 1] < row { return }
            let count = kernels.select(scores, atLeast: threshold, count: rows.count, into: selected)
            if count == 0 { return }
            let isKept = shared.keep(count)
            if !isKept, !pairs.isEmpty { pairs = [] }
            for position in UnsafeBufferPointer(start: selected, count: count).lazy.map(Int.init) {
                let other = rows[position]
                if other < row { continue }
                queryCounts[query] += 1
                if other != row { shared.counts[other] += 1 }
                if isKept {
                    pairs.append(Pair(first: UInt32(row), second: UInt32(other), score: scores[position]))
                }
            }
        }
    }
}
