// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Sparse rows among which the most similar ones are found exactly, by any similarity.
///
/// Dot products and cosines by an inverted index, of rows of unit length for the cosine; distances, which are no sums over
/// the columns that two rows share, by comparing all, of which only a block of scores is in memory.
package struct SparseCorpus: Sendable {
    /// The most scores that are computed at a time where all rows are compared.
    private static let blockScores = 1 << 24

    /// For the cosine of unit length.
    private let rows: SparseMatrix
    /// How they are compared, of unit length for the cosine.
    private let function: SimilarityFunction
    private let isCosine: Bool
    /// Nil where all rows are compared.
    private let index: SparseIndex?

    /// - Parameters:
    ///   - rows: `[rows, columns]`.
    ///   - function: How rows are compared.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Throws: ``SearchError`` with code `invalidArgument` if an element is not finite, or `threads` is less than 1.
    package init(_ rows: SparseMatrix, _ function: SimilarityFunction, threads: Int?) throws {
        try SparseIndex.check(threads: threads)
        try SparseIndex.check(rows, "the corpus")
        self.rows = function == .cosine ? rows.normalized : rows
        self.function = function == .cosine ? .dot : function
        let isIndexed = self.function == .dot && rows.columns <= SparseIndex.maximumColumns
        index = isIndexed ? try SparseIndex(self.rows, threads: threads) : nil
        isCosine = function == .cosine
    }

    /// The most similar rows for each query.
    ///
    /// - Parameters:
    ///   - queries: `[queries, columns]`.
    ///   - topK: How many rows to find for each at most, at least 1.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Returns: For each query the best rows, best first, of equal scores that of lower index first.
    /// - Throws: ``SearchError`` with code `invalidArgument` if the queries have another number of columns or an element
    ///   that is not finite.
    package func search(_ queries: SparseMatrix, topK: Int, threads: Int?) throws -> [[ScoredIndex]] {
        try SparseIndex.check(queries, "the queries")
        return try found(isCosine ? queries.normalized : queries, topK: topK, threads: threads)
    }

    /// The most similar rows for some of the rows, each of which may itself be among them; see `search`.
    func neighbours(of range: Range<Int>, count: Int, threads: Int?) throws -> [[ScoredIndex]] {
        try found(rows[rows: range], topK: count, threads: threads)
    }

    private func found(_ queries: SparseMatrix, topK: Int, threads: Int?) throws -> [[ScoredIndex]] {
        if let index { return try index.search(queries, topK: topK, threads: threads) }
        try SimilarityFunction.check(queries.shape, rows.shape)
        let blockRows = max(1, Self.blockScores / max(1, rows.rows))
        return try stride(from: 0, to: queries.rows, by: blockRows).flatMap { start in
            let block = queries[rows: start..<min(start + blockRows, queries.rows)]
            return try function(block, rows).map { $0.topK(topK) }
        }
    }
}
