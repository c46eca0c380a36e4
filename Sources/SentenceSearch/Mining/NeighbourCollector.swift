// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Finds the best neighbours in both directions, with each score computed once: of queries among rows, and of rows among
/// queries.
final class NeighbourCollector: ScoreCollector {
    /// The neighbours of the queries among the rows that this collector has seen.
    let ofQueries: NeighbourHeaps
    private let ofRows: NeighbourHeaps
    private let first: Int
    private let onlyLaterRows: Bool
    private let kernels = RowSearchKernels()

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

    func collect(
        query: Int, _ scores: UnsafePointer<Float>, of rows: RowBlock, selected: UnsafeMutablePointer<UInt32>
    ) {
        let index = first + query
        if onlyLaterRows, rows[rows.count - 1] <= index { return }
        let count = kernels.select(scores, atLeast: ofQueries.bounds[query], count: rows.count, into: selected)
        for position in UnsafeBufferPointer(start: selected, count: count).lazy.map(Int.init) {
            let row = rows[position]
            if onlyLaterRows, row <= index { continue }
            ofQueries.insert(Neighbour(index: UInt32(row), score: scores[position]), of: query)
        }
        offer(index, scores, to: rows)
    }

    /// Offers a query to the rows as their neighbour.
    private func offer(_ index: Int, _ scores: UnsafePointer<Float>, to rows: RowBlock) {
        func offer(at position: Int) {
            let row = rows[position]
            guard scores[position] >= ofRows.bounds[row], !onlyLaterRows || row > index else { return }
            ofRows.insert(Neighbour(index: UInt32(index), score: scores[position]), of: row)
        }
        let width = SIMD16<Float>.scalarCount
        var position = 0
        if rows.indices == nil {
            // Nearly always none of them enters.
            let scores = UnsafeRawPointer(scores), bounds = UnsafeRawPointer(ofRows.bounds + rows.first)
            while position + width <= rows.count {
                let offset = position * MemoryLayout<Float>.stride
                let enters =
                    scores.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
                    .>= bounds.loadUnaligned(fromByteOffset: offset, as: SIMD16<Float>.self)
                if any(enters) {
                    for place in position..<position + width { offer(at: place) }
                }
                position += width
            }
        }
        while position < rows.count {
            offer(at: position)
            position += 1
        }
    }
}
