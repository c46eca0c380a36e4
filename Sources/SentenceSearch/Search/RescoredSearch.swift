// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The best rows of a corpus for each query: candidates by a small form of the corpus, then exact scores by larger ones.
///
/// ```swift
/// let bits = try SearchCorpus(quantizeEmbeddings(corpus, precision: .ubinary))
/// let bytes = try SearchCorpus(quantizeEmbeddings(corpus, precision: .int8, ranges: ranges), ranges: ranges)
/// let hits = try semanticSearch(queries, in: bits, rescoredBy: [bytes, SearchCorpus(corpus)], topK: 10)
/// ```
///
/// Each stage passes on `rescoreMultiplier` times as many rows as the next one keeps. With the corpus itself as the only
/// stage, scores are those of the reference's `semantic_search_faiss` and `semantic_search_usearch` with rescoring: the
/// dot product of the query and the row that the codes stand for, where a bit stands for 0 or 1.
///
/// Yamada et al., *Efficient Passage Retrieval with Hashing for Open-domain Question Answering*, 2021,
/// <https://arxiv.org/abs/2106.00882>.
/// - Parameters:
///   - queries: `[n, dimensions]`, with finite numbers.
///   - corpus: The embeddings among which candidates are searched.
///   - stages: The same embeddings in the forms by which candidates are scored, one after another; at least one.
///   - topK: How many rows to return for each query, at least 1.
///   - rescoreMultiplier: How many times more rows a stage passes on than the next one keeps, at least 1.
///   - scoreFunction: How numbers are compared.
///   - allowed: The rows that may be returned; all if nil.
///   - threads: The number of threads to use; if nil, all that the process may use.
/// - Returns: For each query up to `topK` rows, best first, with the scores of the last stage.
/// - Throws: As the search without stages; also if a stage has another number of rows.
public func semanticSearch(
    _ queries: Matrix, in corpus: SearchCorpus, rescoredBy stages: [SearchCorpus], topK: Int = 10,
    rescoreMultiplier: Int = 2, scoreFunction: SimilarityFunction = .dot, allowed: RowSet? = nil, threads: Int? = nil
) throws -> [[ScoredIndex]] {
    guard topK > 0 else { throw SearchError(.invalidArgument, "topK is \(topK); expected a positive number") }
    guard rescoreMultiplier > 0 else {
        throw SearchError(.invalidArgument, "rescoreMultiplier is \(rescoreMultiplier); expected a positive number")
    }
    guard !stages.isEmpty else {
        throw SearchError(.invalidArgument, "rescoring needs the corpus in another form; expected at least one")
    }
    for stage in stages {
        guard stage.rows == corpus.rows else {
            throw SearchError(
                .invalidArgument,
                "\(stage.rows) rows cannot rescore \(corpus.rows); expected the same rows in another form")
        }
        let columns = stage.storage.isBinary ? (queries.columns + 7) / 8 : queries.columns
        try SimilarityFunction.check([queries.rows, columns], [stage.rows, stage.columns])
    }
    // How many rows each stage keeps, the last one topK.
    let counts = stages.indices.reversed().reduce(into: [topK]) { counts, _ in
        let (product, overflow) = counts[0].multipliedReportingOverflow(by: rescoreMultiplier)
        counts.insert(overflow ? corpus.rows : min(product, max(topK, corpus.rows)), at: 0)
    }
    var hits = try semanticSearch(
        queries, in: corpus, topK: counts[0], scoreFunction: scoreFunction, allowed: allowed, threads: threads)
    for (stage, count) in zip(stages, counts.dropFirst()) {
        hits = try Rescoring(DenseQueries(queries, stage, scoreFunction), stage)(hits, topK: count, threads)
    }
    return hits
}

/// Scores some rows for each query.
private struct Rescoring: Sendable {
    private let queries: DenseQueries
    private let corpus: SearchCorpus
    /// The number of rows compared at a time.
    private static let blockRows = 64

    init(_ queries: DenseQueries, _ corpus: SearchCorpus) {
        self.queries = queries
        self.corpus = corpus
    }

    func callAsFunction(_ candidates: [[ScoredIndex]], topK: Int, _ threads: Int?) throws -> [[ScoredIndex]] {
        let results = ResultSlots(count: candidates.count)
        try Execution.with(threads: threads ?? Parallel.availableThreads) {
            try Parallel.forEach(candidates.count) { query in
                results[query] = try best(of: candidates[query].map(\.index).sorted(), query, topK)
            }
        }
        try corpus.source.finish()
        return results.all
    }

    private func best(of rows: [Int], _ query: Int, _ topK: Int) throws -> [ScoredIndex] {
        var best = BestScores(capacity: topK)
        let pool = BufferPool.shared
        let buffer = pool.take(byteCount: Self.blockRows * corpus.source.rowByteCount)
        let scratch = pool.take(byteCount: queries.scratchByteCount(rows: Self.blockRows))
        defer { for buffer in [buffer, scratch] { pool.giveBack(buffer) } }
        var scores = [Float](repeating: 0, count: Self.blockRows)
        var rest = rows[...]
        while let first = rest.first {
            // Places in a block are 32-bit numbers.
            let block = rest.prefix(Self.blockRows).prefix { $0 - first <= Int(UInt32.max) }
            rest = rest.dropFirst(block.count)
            let indices = block.map { UInt32($0 - first) }
            try indices.withUnsafeBufferPointer { indices in
                let rows = RowBlock(first: first, count: block.count, indices: indices.baseAddress)
                try corpus.source.withRows(rows, buffer: buffer.address) { start, indices in
                    let rows = queries.prepare(start, at: indices, count: block.count, scratch: scratch.address)
                    queries.score(rows, queries: query..<query + 1, into: &scores, stride: Self.blockRows)
                }
            }
            for (row, score) in zip(block, scores) { best.insert(ScoredIndex(index: row, score: score)) }
        }
        return best.sorted
    }
}
