// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// How alike a query and a document are that have a vector for each token; larger is more alike.
///
/// Khattab and Zaharia, *ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT*,
/// 2020, <https://arxiv.org/abs/2004.12832>.
public enum MultiVectorSimilarity: String, Sendable, CaseIterable, Codable {
    /// Σᵢ maxⱼ qᵢ · dⱼ: for every token of the query its largest product with any token of the document.
    case maxSim = "maxsim"
    /// The same divided by the number of the query's tokens, so that queries of any length compare.
    case meanMaxSim = "meanmaxsim"

    /// The score of a document without tokens, before it is divided: below that of any other.
    private static let emptyDocumentScore: Float = -1e9

    /// The similarities of all queries with all documents.
    ///
    /// The scores have the same bits for whatever other queries and documents there are and on any number of threads.
    /// Beside the result only a small part of the products is in memory at a time.
    /// - Parameters:
    ///   - queries: For each query `[tokens, dimensions]`.
    ///   - documents: For each document `[tokens, dimensions]`.
    ///   - threads: Threads to use; all that the process may use if nil.
    /// - Returns: `[queries, documents]`.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions, or there are to
    ///   be fewer threads than one.
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
    ///   - queries: For each query `[tokens, dimensions]`.
    ///   - documents: For each document `[tokens, dimensions]`, as many.
    ///   - threads: Threads to use; all that the process may use if nil.
    /// - Returns: One similarity for each pair.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in number or dimensions, or
    ///   there are to be fewer threads than one.
    public func pairwise(_ queries: [Matrix], _ documents: [Matrix], threads: Int? = nil) throws -> [Float] {
        guard queries.count == documents.count else {
            throw SearchError(
                .invalidArgument, "\(queries.count) queries do not pair with \(documents.count) documents")
        }
        try Self.check(queries + documents, threads)
        return Tensor(shape: [queries.count]) { out in
            // Every pair writes its own element.
            nonisolated(unsafe) let out = out.baseAddress!
            Execution.with(threads: threads ?? Parallel.availableThreads) {
                Parallel.forEach(queries.count) { index in
                    out[index] = scores([queries[index]], [documents[index]], 1)[0, 0]
                }
            }
        }.floats
    }

    /// Refuses vectors of different sizes, which have no products; an embedding without vectors goes with any.
    private static func check(_ embeddings: [Matrix], _ threads: Int?) throws {
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
    /// 1 / tokens, of an embedding without tokens 1.
    fileprivate var shareOfToken: Float { 1 / Float(Swift.max(rows, 1)) }
}
