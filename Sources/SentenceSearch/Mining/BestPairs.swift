// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The best of many pairs of rows, each of which counts if one of the two is among the nearest neighbours of the other.
struct BestPairs {
    private let capacity: Int
    private var pairs: [MinedPair] = []
    /// The score of the worst pair when there last were enough; a lower one is not among the best.
    private(set) var floor: Float?

    init(capacity: Int) { self.capacity = capacity }

    /// Adds the pairs that are known to count once a row's neighbours are complete, and were not before.
    ///
    /// - Parameters:
    ///   - neighbours: The nearest neighbours of the row.
    ///   - row: The row; rows come in ascending order.
    ///   - worst: The worst of a lower row's neighbours; nil if all others are among them.
    mutating func insert(_ neighbours: some Sequence<Neighbour>, of row: Int, worst: (Int) -> Neighbour?) {
        for neighbour in neighbours {
            if let floor, neighbour.score < floor { continue }
            let other = Int(neighbour.index)
            if other < row {
                // The lower row has it already, unless this one is not among its best.
                let same = Neighbour(index: UInt32(row), score: neighbour.score)
                guard let worst = worst(other), worst.ranks(before: same) else { continue }
            }
            pairs.append(MinedPair(first: min(row, other), second: max(row, other), score: neighbour.score))
        }
        // Sorted when there are twice as many as wanted, so seldom.
        if pairs.count / 2 >= capacity { prune() }
    }

    private mutating func prune() {
        pairs = sorted
        floor = pairs[pairs.count - 1].score
    }

    /// The best pairs, best first.
    var sorted: [MinedPair] { Array(pairs.sorted { $0.ranks(before: $1) }.prefix(capacity)) }
}
