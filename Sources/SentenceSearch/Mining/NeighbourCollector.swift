// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Finds the best neighbours in both directions, with each score computed once: of queries among rows, and of rows among
/// queries.
final class NeighbourCollector: PairTaker {
    /// The neighbours of the queries among the rows that this collector has seen.
    let ofQueries: NeighbourHeaps
    private let ofRows: NeighbourHeaps
    private let first: Int
    private let onlyLaterRows: Bool

    /// - Parameters:
    ///   - ofRows: The neighbours of all rows; all collectors of a scan share it, each for its own rows.
    ///   - range: The rows that are the queries.
    ///   - bounds: For each query the least score that may enter; empty if any may.
    ///   - capacity: How many neighbours a query has at most.
    ///   - onlyLaterRows: Whether queries are rows of the same corpus, so that only pairs with a later row count.
    init(ofRows: NeighbourHeaps, range: Range<Int>, bounds: [Float], capacity: Int, onlyLaterRows: Bool) {
        self.ofRows = ofRows
        self.onlyLaterRows = onlyLaterRows
        first = range.lowerBound
        ofQueries = NeighbourHeaps(rows: range.count, capacity: capacity)
        for (query, bound) in bounds.enumerated() { ofQueries.bounds[query] = bound }
    }

    var queryFloors: UnsafePointer<Float> { UnsafePointer(ofQueries.bounds) }

    func floor(ofRow row: Int) -> Float { ofRows.bounds[row] }

    func take(row: Int, _ queries: UnsafePointer<UInt32>, _ scores: UnsafePointer<Float>, count: Int) {
        for place in 0..<count {
            let query = Int(queries[place]), index = first + query, score = scores[place]
            if onlyLaterRows, row <= index { return }
            ofQueries.insert(Neighbour(index: UInt32(row), score: score), of: query)
            ofRows.insert(Neighbour(index: UInt32(index), score: score), of: row)
        }
    }
}
