// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Compares the embeddings of one corpus with one another, each pair once, or those of two.
///
/// Some rows at a time are the queries of a ``CorpusScan``; so only what collectors keep grows with the number of pairs.
struct AllPairs: Sendable {
    /// How many rows are queries at a time: enough for a scan to pay off, few enough for the diagonal, which is computed
    /// in both directions, to cost little.
    private static let (leastQueries, mostQueries, scanCount) = (256, 8192, 16)

    /// The rows to compare, and if `queries` is nil also what they are compared with.
    let rows: SearchCorpus
    /// The other corpus; if nil, a row is compared with itself and all later ones.
    var queries: SearchCorpus?
    let function: SimilarityFunction
    let threads: Int?
    /// Called on any thread with the share of the whole work that was done since the last call; ends all if it throws.
    let onProgress: (@Sendable (Double) throws -> Void)?

    /// How many of so many rows are queries at a time.
    static func queryCount(of rows: Int) -> Int { min(mostQueries, max(leastQueries, rows / scanCount)) }

    /// Compares all.
    ///
    /// - Parameters:
    ///   - makeCollector: Makes what makes a collector for a thread; gets the rows that are the queries now. Query i of a
    ///     collector is row `lowerBound + i`. It also sees some rows before the query's, which it must leave out.
    ///   - finish: Takes the collectors after all rows were compared with these queries.
    /// - Throws: An error of the corpus, of `onProgress` or of `finish`.
    func forEachScan<Collector: ScoreCollector>(
        _ makeCollector: (Range<Int>) -> @Sendable () -> Collector,
        finish: (Range<Int>, [Collector]) throws -> Void
    ) throws {
        let others = queries ?? rows
        let size = Self.queryCount(of: others.rows)
        let starts = Array(stride(from: 0, to: others.rows, by: size))
        func first(_ start: Int) -> Int { queries == nil ? start : 0 }
        let total = starts.reduce(0.0) { $0 + Double(rows.rows - first($1)) }
        for start in starts {
            let range = start..<min(start + size, others.rows), firstRow = first(start)
            let allowed = firstRow == 0 ? nil : RowSet(count: rows.rows) { $0 >= firstRow }
            var scan = try CorpusScan(others.matrix(range), rows, function, allowed, threads)
            if let onProgress {
                let share = Double(rows.rows - firstRow) / total / Double(rows.rows)
                scan.onChunk = { try onProgress(share * Double($0)) }
            }
            try finish(range, scan.run(makeCollector(range)))
        }
    }
}
