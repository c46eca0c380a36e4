// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The similarity of a query and a document that have a vector for each token; larger is more similar.
///
/// Khattab and Zaharia, *ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT*,
/// 2020, <https://arxiv.org/abs/2004.12832>.
public enum MultiVectorSimilarity: String, Sendable, CaseIterable, Codable {
    /// Σᵢ maxⱼ qᵢ · dⱼ: the sum, over the query's tokens, of the largest product with any token of the document.
    case maxSim = "maxsim"
    /// The same divided by the number of the query's tokens, so that queries of different lengths are comparable.
    case meanMaxSim = "meanmaxsim"

    /// The score of a document without tokens, before the division: below that of any other.
    private static let emptyDocumentScore: Float = -1e9

    /// The similarity of every query with every document.
    ///
    /// The scores have the same bits regardless of the other queries and documents and of the number of threads.
    /// Besides the result, only a small part of the products is in memory at a time.
    /// - Parameters:
    ///   - queries: `[tokens, dimensions]` for each query.
    ///   - documents: `[tokens, dimensions]` for each document.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Returns: `[queries, documents]`.
    /// - Throws: ``SearchError`` with code `invalidArgument` if dimensions differ, or `threads` is less than 1.
    public func callAsFunction(_ queries: [Matrix], _ documents: [Matrix], threads: Int? = nil) throws -> Matrix {
        try Self.check(queries + documents, threads)
        return scores(queries, documents, threads)
    }

    private func scores(_ queries: [Matrix], _ documents: [Matrix], _ threads: Int?) -> Matrix {
        Execution.with(threads: threads ?? Parallel.availableThreads) {
            let scores = Tensor.maxSim(
                queries.map(\.tensor), documents.map(\.tensor), emptyScore: Self.emptyDocumentScore)
            return Matrix(self == .maxSim ? scores : scores.scalingRows(by: queries.map(\.shareOfToken)))
        }
    }

    /// The similarity of each query with the document of the same index.
    ///
    /// - Parameters:
    ///   - queries: `[tokens, dimensions]` for each query.
    ///   - documents: `[tokens, dimensions]` for each document, equally many.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Returns: One similarity for each pair.
    /// - Throws: ``SearchError`` with code `invalidArgument` if counts or dimensions differ, or `threads` is less than
    ///   1.
    public func pairwise(_ queries: [Matrix], _ documents: [Matrix], threads: Int? = nil) throws -> [Float] {
        guard queries.count == documents.count else {
            throw SearchError(
                .invalidArgument, "\(queries.count) queries do not pair with \(documents.count) documents")
        }
        try Self.check(queries + documents, threads)
        return Tensor(shape: [queries.count]) { out in
            // Every pair writes only its own element.
            nonisolated(unsafe) let out = out.baseAddress!
            Execution.with(threads: threads ?? Parallel.availableThreads) {
                Parallel.forEach(queries.count) { index in
                    out[index] = scores([queries[index]], [documents[index]], 1)[0, 0]
                }
            }
        }.floats
    }

    /// Refuses vectors of different sizes, which have no product; an embedding without vectors matches any size.
    static func check(_ embeddings: [Matrix], _ threads: Int?) throws {
        let dimensions = Set(embeddings.lazy.filter { $0.rows > 0 }.map(\.columns)).sorted()
        guard dimensions.count < 2 else {
            throw SearchError(
                .invalidArgument,
                "embeddings of \(dimensions.map(String.init).joined(separator: " and of ")) dimensions have no similarity; "
                    + "they must come from one model")
        }
        if let threads, threads < 1 {
            throw SearchError(.invalidArgument, "threads is \(threads); expected a positive number")
        }
    }
}

extension Matrix {
    /// 1 / tokens, or 1 for an embedding without tokens.
    fileprivate var shareOfToken: Float { 1 / Float(Swift.max(rows, 1)) }
}
