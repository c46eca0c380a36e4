// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// An inverted index of sparse vectors, which finds the rows with the largest dot products exactly.
///
/// ```swift
/// let index = try SparseIndex(model.encodeDocument(texts))
/// for hit in try index.search(model.encodeQuery("What is a planet?"), topK: 5) { print(hit.score, texts[hit.index]) }
/// ```
/// Results have the same bits as ``SimilarityFunction/dot`` of all pairs followed by ``Swift/Collection/topK(_:)``: rows
/// of equal scores in the order of their indices, rows without a common column with their score 0. They do not depend on
/// the other queries or the number of threads.
///
/// Memory: the matrix itself, which is shared with the caller, and 6 bytes for each of its elements (a column that at
/// least a third of the rows have is stored with 4 bytes for each row instead), 24 bytes for each column in each block of
/// 8,192 rows that has it, and 8 bytes for each column.
///
/// How: a query's columns are added up block by block, heaviest first, while the remaining ones could still matter; what
/// remains is decided by their largest weights, as in Turtle and Flood, *Query Evaluation: Strategies and
/// Optimizations*, 1995, <https://doi.org/10.1016/0306-4573(95)00020-H>, and Ding and Suel, *Faster Top-k Document
/// Retrieval Using Block-Max Indexes*, 2011, <https://doi.org/10.1145/2009916.2010048>. Rows that may be among the best
/// are then scored in double precision. With negative weights nothing is left out.
public struct SparseIndex: Sendable {
    /// The most columns that an index can have.
    public static let maximumColumns = 1 << 24

    /// The vectors that are searched.
    public let corpus: SparseMatrix
    let lists: PostingLists
    /// Whether no element is negative, and none so small that products of single precision would lose it.
    let allowsPruning: Bool

    /// Nonzero elements with a smaller magnitude than this prevent pruning.
    static let smallestPrunable: Float = 1e-15

    /// How many queries are searched before it is asked whether the caller still wants to know.
    private static let queriesBetweenChecks = 1024

    /// The number of rows.
    public var count: Int { corpus.rows }

    /// An index of the rows of a matrix.
    ///
    /// - Parameters:
    ///   - corpus: `[rows, columns]`, for example the embeddings of documents; with finite elements, and at most
    ///     2^24 columns.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Throws: ``SearchError`` with code `invalidArgument` if an element is not finite, there are more columns, or
    ///   `threads` is less than 1.
    public init(_ corpus: SparseMatrix, threads: Int? = nil) throws {
        try Self.check(threads: threads)
        try Self.check(corpus, "the corpus")
        guard corpus.columns <= Self.maximumColumns else {
            throw SearchError(
                .invalidArgument,
                "a sparse index of \(corpus.columns) columns; expected at most \(Self.maximumColumns)")
        }
        self.corpus = corpus
        allowsPruning = corpus.values.allSatisfy(Self.isPrunable)
        lists = Execution.with(threads: threads ?? Parallel.availableThreads) { PostingLists(corpus) }
    }

    /// The rows with the largest dot products, for each query.
    ///
    /// - Parameters:
    ///   - queries: `[queries, columns]`, with finite elements.
    ///   - topK: How many rows to find for each query at most, at least 1.
    ///   - allowed: The rows that may be found; all if nil.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Returns: For each query the best rows, best first, of equal scores that of lower index first.
    /// - Throws: ``SearchError`` with code `invalidArgument` if the queries have another number of columns or an element
    ///   that is not finite, if `allowed` is a set of other rows, or if `topK` or `threads` is less than 1.
    public func search(
        _ queries: SparseMatrix, topK: Int = 10, allowed: RowSet? = nil, threads: Int? = nil
    ) throws -> [[ScoredIndex]] {
        try Self.check(threads: threads)
        try allowed?.check(count)
        guard topK >= 1 else {
            throw SearchError(.invalidArgument, "a search for the best \(topK) rows; expected at least 1")
        }
        guard queries.columns == corpus.columns || queries.rows == 0 else {
            throw SearchError(
                .invalidArgument,
                "queries of \(queries.columns) columns for an index of \(corpus.columns) columns; both must come from one "
                    + "model")
        }
        try Self.check(queries, "the queries")
        let isAllowed = allowed.map { set in (0..<count).map(set.contains) }
        let call = LongCall.current
        return try Execution.with(threads: threads ?? Parallel.availableThreads) {
            try stride(from: 0, to: queries.rows, by: Self.queriesBetweenChecks).flatMap { start in
                try call.check()
                let some = queries[rows: start..<min(start + Self.queriesBetweenChecks, queries.rows)]
                return results(some, topK: min(topK, allowed?.count ?? count), isAllowed)
            }
        }
    }

    /// The rows with the largest dot products with one query.
    ///
    /// - Parameters:
    ///   - query: A vector with the corpus's number of columns, with finite elements.
    ///   - topK: How many rows to find at most, at least 1.
    ///   - allowed: The rows that may be found; all if nil.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Returns: The best rows, best first, of equal scores that of lower index first.
    /// - Throws: ``SearchError`` with code `invalidArgument` as for several queries.
    public func search(
        _ query: SparseVector, topK: Int = 10, allowed: RowSet? = nil, threads: Int? = nil
    ) throws -> [ScoredIndex] {
        try search(
            SparseMatrix(alike: [query], columns: query.dimension), topK: topK, allowed: allowed, threads: threads)[0]
    }

    /// Divides queries, or the blocks of rows if there are few queries, among the threads.
    private func results(_ queries: SparseMatrix, topK: Int, _ isAllowed: [Bool]?) -> [[ScoredIndex]] {
        guard topK > 0, queries.rows > 0 else { return Array(repeating: [], count: queries.rows) }
        let blocks = PostingLists.blocks(rows: count), threads = Execution.current.threads
        // Queries of a group share a block's lists in the cache.
        let groupSize = min(16, max(1, queries.rows / threads))
        let groups = (queries.rows + groupSize - 1) / groupSize
        let parts = groups >= threads ? 1 : min(blocks, (threads + groups - 1) / groups)
        let tasks = groups * parts
        let found = [[BestScores]](unsafeUninitializedCapacity: tasks) { out, initialized in
            // Every task initializes only its own element.
            nonisolated(unsafe) let out = out.baseAddress
            Parallel.forEach(tasks) { task in
                let group = task / parts, part = task % parts
                let rows = group * groupSize..<min(queries.rows, (group + 1) * groupSize)
                let best = withViews { views in
                    var search = SparseSearch(self, views, queries, rows, topK: topK, isAllowed)
                    for block in blocks * part / parts..<blocks * (part + 1) / parts { search.visit(block) }
                    return search.best
                }
                (out! + task).initialize(to: best)
            }
            initialized = tasks
        }
        return (0..<queries.rows).map { query in
            let first = query / groupSize * parts
            let lists = (first..<first + parts).map { found[$0][query % groupSize].sorted }
            guard parts > 1 else { return lists[0] }
            return Array(lists.joined().sorted(by: { $0.ranks(before: $1) }).prefix(topK))
        }
    }

    /// Whether bounds in single precision hold for an element.
    static func isPrunable(_ value: Float) -> Bool { value == 0 || value >= smallestPrunable }

    /// Refuses numbers of threads below 1.
    static func check(threads: Int?) throws {
        guard threads ?? 1 >= 1 else {
            throw SearchError(.invalidArgument, "a search on \(threads ?? 0) threads; expected at least 1")
        }
    }

    /// Refuses elements that are not finite.
    static func check(_ matrix: SparseMatrix, _ name: String) throws {
        guard let place = matrix.values.firstIndex(where: { !$0.isFinite }) else { return }
        let row = (matrix.rowOffsets.firstIndex { $0 > place } ?? 0) - 1
        throw SearchError(
            .invalidArgument,
            "row \(row) of \(name) has \(matrix.values[place]) in column \(matrix.indices[place]); expected finite numbers"
        )
    }
}

extension SparseIndex {
    /// The numbers of an index and its corpus, without the counting of references that threads would contend for.
    struct Views {
        let segments: UnsafeBufferPointer<PostingLists.Segment>
        let rows: UnsafeBufferPointer<UInt16>
        let weights: UnsafeBufferPointer<Float>
        let dense: UnsafeBufferPointer<Float>
        let rowOffsets: UnsafeBufferPointer<Int>
        let indices: UnsafeBufferPointer<Int32>
        let values: UnsafeBufferPointer<Float>
    }

    /// Calls `body` with views that are valid until it returns.
    func withViews<Result>(_ body: (Views) -> Result) -> Result {
        lists.segments.withUnsafeBufferPointer { segments in
            lists.rows.withUnsafeBufferPointer { rows in
                lists.weights.withUnsafeBufferPointer { weights in
                    lists.dense.withUnsafeBufferPointer { dense in
                        corpus.rowOffsets.withUnsafeBufferPointer { rowOffsets in
                            corpus.indices.withUnsafeBufferPointer { indices in
                                corpus.values.withUnsafeBufferPointer { values in
                                    body(
                                        Views(
                                            segments: segments, rows: rows, weights: weights, dense: dense,
                                            rowOffsets: rowOffsets, indices: indices, values: values))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
