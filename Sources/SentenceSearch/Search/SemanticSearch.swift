// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The best rows of a corpus for each query, by an exact search.
///
/// ```swift
/// let hits = try semanticSearch(queryEmbeddings, in: SearchCorpus(corpusEmbeddings), topK: 5)
/// for hit in hits[0] { print(hit.score, texts[hit.index]) }
/// ```
///
/// Every row is compared; a set of allowed rows is applied before, so that up to `topK` rows are always found. Equal
/// scores are ordered by index. A row whose score is NaN ranks behind all others. The list of a query has the same bits
/// whatever the other queries are, and with any number of threads. Besides the result, each thread holds `topK` scores for
/// each query and a block of rows.
/// - Parameters:
///   - queries: `[n, dimensions]`, with finite numbers.
///   - corpus: The embeddings to search. For bits, queries are reduced to their signs, and a score is minus the number of
///     differing bits (the Hamming distance).
///   - topK: How many rows to return for each query, at least 1; all of the corpus if it has fewer.
///   - scoreFunction: How numbers are compared; bits always by the Hamming distance.
///   - allowed: The rows that may be returned; all if nil.
///   - threads: The number of threads to use; if nil, all that the process may use.
/// - Returns: For each query up to `topK` rows, best first.
/// - Throws: ``SearchError`` with code `invalidArgument` if dimensions differ, an argument is out of range, or a query has
///   NaN or an infinite number; an error of the file that holds the corpus.
public func semanticSearch(
    _ queries: Matrix, in corpus: SearchCorpus, topK: Int = 10, scoreFunction: SimilarityFunction = .cosine,
    allowed: RowSet? = nil, threads: Int? = nil
) throws -> [[ScoredIndex]] {
    let onStep = LongCall.onStep, rows = Double(max(1, corpus.rows))
    return try semanticSearch(
        queries, in: corpus, topK: topK, scoreFunction: scoreFunction, allowed: allowed, threads: threads,
        onChunk: { try onStep(Double($0) / rows) })
}

/// The best rows of a matrix for each query; see the function for a ``SearchCorpus``.
public func semanticSearch(
    _ queries: Matrix, in corpus: Matrix, topK: Int = 10, scoreFunction: SimilarityFunction = .cosine,
    allowed: RowSet? = nil, threads: Int? = nil
) throws -> [[ScoredIndex]] {
    try semanticSearch(
        queries, in: SearchCorpus(corpus), topK: topK, scoreFunction: scoreFunction, allowed: allowed, threads: threads)
}

/// The same; `onChunk` is called on any thread after some rows are done, with their number, and ends the search if it
/// throws.
package func semanticSearch(
    _ queries: Matrix, in corpus: SearchCorpus, topK: Int, scoreFunction: SimilarityFunction, allowed: RowSet?,
    threads: Int?, onChunk: (@Sendable (Int) throws -> Void)?
) throws -> [[ScoredIndex]] {
    guard topK > 0 else { throw SearchError(.invalidArgument, "topK is \(topK); expected a positive number") }
    var scan = try CorpusScan(queries, corpus, scoreFunction, allowed, threads)
    scan.onChunk = onChunk
    let count = queries.rows, capacity = min(topK, max(1, corpus.rows))
    let collectors = try scan.run { TopKCollector(queries: count, topK: capacity) }
    return TopKCollector.merged(collectors, queries: count)
}

/// Calls `body` for every pair of a query and a row of the corpus that score at least `least`.
///
/// Each thread has a state of its own; its pairs come in an order that depends on the number of threads.
/// - Parameters:
///   - queries: `[n, dimensions]`, with finite numbers.
///   - corpus: The embeddings to compare with.
///   - least: The lowest score to report.
///   - scoreFunction: How numbers are compared; bits always by the Hamming distance.
///   - allowed: The rows that may be reported; all if nil.
///   - onlyLaterRows: Whether to report only rows whose index is larger than the query's, which gives each pair once if
///     the queries are the corpus.
///   - threads: The number of threads to use; if nil, all that the process may use.
///   - onChunk: Called on any thread after some rows are done, with their number; ends the search if it throws.
///   - initialState: Makes the state of a thread.
///   - body: Takes a pair into the state of its thread.
/// - Returns: The states of all threads that took part.
/// - Throws: As ``semanticSearch(_:in:topK:scoreFunction:allowed:threads:)-(Matrix,SearchCorpus,_,_,_,_)``.
package func semanticPairs<State>(
    _ queries: Matrix, in corpus: SearchCorpus, atLeast least: Float, scoreFunction: SimilarityFunction = .cosine,
    allowed: RowSet? = nil, onlyLaterRows: Bool = false, threads: Int? = nil,
    onChunk: (@Sendable (Int) throws -> Void)? = nil, initialState: @escaping @Sendable () -> State,
    _ body: @escaping @Sendable (inout State, ScoredPair) -> Void
) throws -> [State] {
    guard !least.isNaN else { throw SearchError(.invalidArgument, "the lowest score is NaN; expected a number") }
    var scan = try CorpusScan(queries, corpus, scoreFunction, allowed, threads)
    scan.onChunk = onChunk
    return try scan.run { PairCollector(initialState(), atLeast: least, onlyLaterRows: onlyLaterRows, body) }
        .map(\.state)
}

extension CorpusScan {
    /// A scan with checked arguments.
    init(
        _ queries: Matrix, _ corpus: SearchCorpus, _ function: SimilarityFunction, _ allowed: RowSet?, _ threads: Int?
    ) throws {
        if let threads, threads < 1 {
            throw SearchError(.invalidArgument, "threads is \(threads); expected a positive number")
        }
        try allowed?.check(corpus.rows)
        if let row = queries.rowsNotFinite.first {
            throw SearchError(
                .invalidArgument, "query \(row) holds NaN or an infinite number, which is similar to nothing")
        }
        self.corpus = corpus
        self.allowed = allowed
        self.threads = threads ?? Parallel.availableThreads
        if corpus.storage.isBinary {
            let columns = (queries.columns + 7) / 8
            try SimilarityFunction.check(
                [queries.rows, columns * 8], [corpus.rows, corpus.rows == 0 ? columns * 8 : corpus.columns * 8])
            let precision: EmbeddingPrecision = corpus.storage == .binary ? .binary : .ubinary
            self.queries = BinaryQueries(try quantizeEmbeddings(queries, precision: precision))
        } else {
            try SimilarityFunction.check(queries.shape, [corpus.rows, corpus.columns])
            self.queries = DenseQueries(queries, corpus, function)
        }
    }
}
