// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Keeps the best scores of each query.
final class TopKCollector: ScoreCollector {
    private var best: [BestScores]
    /// The bound of each query's scores; NaN while any score may enter.
    private var bounds: [Float]
    private let kernels = RowSearchKernels()

    init(queries: Int, topK: Int) {
        best = [BestScores](repeating: BestScores(capacity: topK), count: queries)
        bounds = [Float](repeating: .nan, count: queries)
    }

    func collect(
        query: Int, _ scores: UnsafePointer<Float>, of rows: RowBlock, selected: UnsafeMutablePointer<UInt32>
    ) {
        let bound = bounds[query]
        if bound.isNaN {
            for position in 0..<rows.count {
                best[query].insert(ScoredIndex(index: rows[position], score: scores[position]))
            }
        } else {
            let count = kernels.select(scores, atLeast: bound, count: rows.count, into: selected)
            if count == 0 { return }
            for position in UnsafeBufferPointer(start: selected, count: count).lazy.map(Int.init) {
                best[query].insert(ScoredIndex(index: rows[position], score: scores[position]))
            }
        }
        bounds[query] = best[query].bound ?? .nan
    }

    /// The best scores of each query among those of all collectors, best first.
    static func merged(_ collectors: [TopKCollector], queries: Int) -> [[ScoredIndex]] {
        guard let first = collectors.first else { return [[ScoredIndex]](repeating: [], count: queries) }
        return (0..<queries).map { query in
            var best = first.best[query]
            for other in collectors.dropFirst() { best.merge(other.best[query]) }
            return best.sorted
        }
    }
}

/// A pair of a query and a row of the corpus.
package struct ScoredPair: Sendable, Hashable {
    /// The index of the query.
    package let query: Int
    /// The index of the row.
    package let index: Int
    /// Their score.
    package let score: Float
}

/// Passes on the pairs that score high enough.
final class PairCollector<State>: ScoreCollector {
    var state: State
    private let least: Float
    private let onlyLaterRows: Bool
    private let body: @Sendable (inout State, ScoredPair) -> Void
    private let kernels = RowSearchKernels()

    init(
        _ state: State, atLeast least: Float, onlyLaterRows: Bool,
        _ body: @escaping @Sendable (inout State, ScoredPair) -> Void
    ) {
        self.state = state
        self.least = least
        self.onlyLaterRows = onlyLaterRows
        self.body = body
    }

    func collect(
        query: Int, _ scores: UnsafePointer<Float>, of rows: RowBlock, selected: UnsafeMutablePointer<UInt32>
    ) {
        if onlyLaterRows, rows[rows.count - 1] <= query { return }
        let count = kernels.select(scores, atLeast: least, count: rows.count, into: selected)
        for position in UnsafeBufferPointer(start: selected, count: count).lazy.map(Int.init) {
            let index = rows[position]
            if onlyLaterRows, index <= query { continue }
            body(&state, ScoredPair(query: query, index: index, score: scores[position]))
        }
    }
}
