// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Compares the embeddings of one corpus with one another, each pair once, or those of two.
///
/// Some rows at a time are the queries of a ``PairScan``; so only what takers keep grows with the number of pairs.
struct AllPairs: Sendable {
    /// How many rows are queries at a time: enough for a scan to pay off, few enough for the diagonal, which is computed
    /// in both directions, to cost little.
    private static let (leastQueries, mostQueries, scanCount) = (256, 8192, 16)

    /// The rows to compare, and if `queries` is nil also what they are compared with.
    let rows: MiningCorpus
    /// The other corpus; if nil, a row is compared with itself and all later ones.
    var queries: MiningCorpus?
    let threads: Int?
    /// Called on any thread with the share of the whole work that was done since the last call; ends all if it throws.
    let onProgress: (@Sendable (Double) throws -> Void)?

    /// How many of so many rows are queries at a time.
    static func queryCount(of rows: Int) -> Int { min(mostQueries, max(leastQueries, rows / scanCount)) }

    /// Compares all.
    ///
    /// - Parameters:
    ///   - makeTaker: Makes what makes a taker of pairs for a thread; gets the rows that are the queries now. Query i of a
    ///     taker is row `lowerBound + i`. It also gets pairs with rows up to the query's, which it must leave out if they
    ///     are not wanted.
    ///   - finish: Takes the takers after all rows were compared with these queries.
    /// - Throws: An error of the corpus, of `onProgress` or of `finish`.
    func forEachScan<Taker: PairTaker>(
        _ makeTaker: (Range<Int>) -> @Sendable () -> Taker,
        finish: (Range<Int>, [Taker]) throws -> Void
    ) throws {
        let others = queries ?? rows
        let size = Self.queryCount(of: others.count)
        let starts = Array(stride(from: 0, to: others.count, by: size))
        func first(_ start: Int) -> Int { queries == nil ? start : 0 }
        let total = starts.reduce(0.0) { $0 + Double(rows.count - first($1)) }
        let losses = try rows.roundingLosses(threads: threads)
        let otherLosses = try queries.map { try $0.roundingLosses(threads: threads) } ?? losses
        let mostLoss = losses?.reduce(0) { max($0, $1.left) } ?? 0
        for start in starts {
            let range = start..<min(start + size, others.count)
            let some = try others.vectors.matrix(range)
            var scan = PairScan(
                corpus: rows.vectors, queries: some, function: rows.function, firstRow: first(start), threads: threads)
            if let losses, let otherLosses {
                scan.bounds = (ProductBounds(some.tensor, otherLosses[range], leftLoss: mostLoss), losses)
            }
            if let onProgress { scan.onRows = { try onProgress(Double($0) / total) } }
            try finish(range, scan.run(makeTaker(range)))
        }
    }
}
