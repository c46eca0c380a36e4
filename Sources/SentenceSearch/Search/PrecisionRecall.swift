// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What is left of a search's results when embeddings are stored with fewer dimensions and in another precision.
public struct PrecisionRecall: Sendable, Hashable {
    /// How the numbers are stored.
    public let precision: EmbeddingPrecision
    /// The number of leading dimensions that are kept.
    public let dimensions: Int
    /// The size of an embedding in bytes.
    public let bytesPerEmbedding: Int
    /// The share of the best rows of the full embeddings that a search in these finds, 0 to 1.
    public let recall: Double
    /// The same if ``rescoredCandidates`` times as many rows are found and scored again with the full embeddings.
    public let rescoredRecall: Double

    /// How many times more rows are found before they are scored again.
    public static let rescoredCandidates = 4
}

/// Measures what precisions and numbers of dimensions cost in recall, on one's own embeddings.
///
/// - Parameters:
///   - corpus: `[rows, dimensions]`, with finite numbers.
///   - queries: `[n, dimensions]`; if nil, rows of the corpus at equal distances, of which each finds only others.
///   - topK: How many of the best rows count for each query, at least 1.
///   - dimensions: The numbers of dimensions to measure; if nil all, half and a quarter of them.
///   - precisions: The precisions to measure.
///   - scoreFunction: How numbers are compared; bits always by the Hamming distance.
///   - threads: The number of threads to use; if nil, all that the process may use.
/// - Returns: A result for each number of dimensions and each precision, in this order.
/// - Throws: ``SearchError`` with code `invalidArgument` if the corpus has no two rows, or an argument is out of range.
public func precisionRecall(
    of corpus: Matrix, queries: Matrix? = nil, topK: Int = 10, dimensions: [Int]? = nil,
    precisions: [EmbeddingPrecision] = [.float32, .int8, .binary], scoreFunction: SimilarityFunction = .cosine,
    threads: Int? = nil
) throws -> [PrecisionRecall] {
    let dimensions = dimensions ?? [1, 2, 4].map { max(1, corpus.columns / $0) }
    guard corpus.rows > 1 else {
        throw SearchError(.invalidArgument, "recall among \(corpus.rows) embeddings; expected at least 2")
    }
    for count in dimensions where count < 1 || count > corpus.columns {
        throw SearchError(.invalidArgument, "\(count) dimensions of embeddings that have \(corpus.columns)")
    }
    let sample = try QuerySample(queries, corpus)
    /// The best rows of each query, without its own.
    func best(_ count: Int, in stored: SearchCorpus, _ columns: Int) throws -> [Set<Int>] {
        let found = try semanticSearch(
            truncateEmbeddings(sample.queries, to: columns), in: stored,
            topK: min(count + (sample.rows == nil ? 0 : 1), corpus.rows), scoreFunction: scoreFunction,
            threads: threads)
        return found.enumerated().map { query, hits in
            Set(hits.map(\.index).filter { $0 != sample.rows?[query] }.prefix(count))
        }
    }
    let exact = try best(topK, in: SearchCorpus(corpus), corpus.columns)
    func share(_ found: [Set<Int>]) -> Double {
        let shares = zip(found, exact).map { Double($0.intersection($1).count) / Double(max(1, $1.count)) }
        return shares.reduce(0, +) / Double(max(1, shares.count))
    }
    return try dimensions.flatMap { columns in
        let truncated = try truncateEmbeddings(corpus, to: columns)
        return try precisions.map { precision in
            let stored = try SearchCorpus(truncated, precision: precision)
            return PrecisionRecall(
                precision: precision, dimensions: columns,
                bytesPerEmbedding: stored.storage.byteCount(columns: stored.columns),
                recall: share(try best(topK, in: stored, columns)),
                rescoredRecall: share(try best(topK * PrecisionRecall.rescoredCandidates, in: stored, columns)))
        }
    }
}

/// The queries of a measurement.
private struct QuerySample {
    let queries: Matrix
    /// The rows of the corpus that they are.
    let rows: [Int]?

    /// The most rows of a corpus that serve as queries.
    private static let mostRows = 1000

    init(_ queries: Matrix?, _ corpus: Matrix) throws {
        if let queries {
            (self.queries, rows) = (queries, nil)
            return
        }
        let count = min(corpus.rows, Self.mostRows)
        let rows = (0..<count).map { $0 * corpus.rows / count }
        self.queries = try Matrix(rows: rows.map { corpus[$0] })
        self.rows = rows
    }
}

extension SearchCorpus {
    /// Embeddings in a precision, with the ranges of these embeddings where it has any.
    fileprivate init(_ embeddings: Matrix, precision: EmbeddingPrecision) throws {
        guard precision != .float32 else {
            self.init(embeddings)
            return
        }
        let ranges = QuantizationRanges(calibrating: embeddings)
        let hasRanges = precision == .int8 || precision == .uint8
        try self.init(
            quantizeEmbeddings(embeddings, precision: precision, ranges: hasRanges ? ranges : nil),
            ranges: hasRanges ? ranges : nil)
    }
}
