// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
public import SentenceTransformers

/// An encoder whose embeddings can be compared by each function of its kind, and not only by the model's own.
public protocol SimilarityEncoder: TextEncoder where Similarity: CaseIterable & Hashable {
    /// The model's own function.
    var similarityFunction: Similarity { get }

    /// The similarities of all pairs, `[a, b]`.
    ///
    /// - Throws: `SearchError` if they differ in dimensions.
    static func similarities(_ a: Embeddings, _ b: Embeddings, by function: Similarity) throws -> Matrix

    /// The similarity of each embedding with the one of the same index.
    ///
    /// - Throws: `SearchError` if they differ in number or dimensions.
    static func pairwiseSimilarities(_ a: Embeddings, _ b: Embeddings, by function: Similarity) throws -> [Float]

    /// For each query the most similar documents, at most `topK`, best first; of equal ones that of lower index first.
    ///
    /// - Throws: `SearchError` if they differ in dimensions, or a query holds a number that is not finite.
    static func mostSimilar(
        _ queries: Embeddings, in documents: Embeddings, topK: Int, by function: Similarity, threads: Int?
    ) throws -> [[ScoredIndex]]

    /// Some of the embeddings, in their order; the range has only indices of embeddings that there are.
    static func rows(_ embeddings: Embeddings, _ range: Range<Int>) -> Embeddings

    /// The embeddings if most of their elements are zero, which evaluators then count; nil for others.
    static func sparseRows(_ embeddings: Embeddings) -> SparseMatrix?
}

extension SimilarityEncoder {
    /// Nothing is counted.
    public static func sparseRows(_ embeddings: Embeddings) -> SparseMatrix? { nil }
}

extension SentenceTransformer: SimilarityEncoder {
    /// The similarities of all pairs of rows.
    public static func similarities(_ a: Matrix, _ b: Matrix, by function: SimilarityFunction) throws -> Matrix {
        try function(a, b)
    }

    /// The similarity of each row with the one of the same index.
    public static func pairwiseSimilarities(
        _ a: Matrix, _ b: Matrix, by function: SimilarityFunction
    ) throws -> [Float] { try function.pairwise(a, b) }

    /// The most similar documents, of whose scores only the best are ever in memory.
    public static func mostSimilar(
        _ queries: Matrix, in documents: Matrix, topK: Int, by function: SimilarityFunction, threads: Int?
    ) throws -> [[ScoredIndex]] {
        try semanticSearch(queries, in: documents, topK: topK, scoreFunction: function, threads: threads)
    }

    /// Some of the rows.
    public static func rows(_ embeddings: Matrix, _ range: Range<Int>) -> Matrix { embeddings[rows: range] }
}

extension SparseEncoder: SimilarityEncoder {
    /// The similarities of all pairs of rows.
    public static func similarities(
        _ a: SparseMatrix, _ b: SparseMatrix, by function: SimilarityFunction
    ) throws -> Matrix { try function(a, b) }

    /// The similarity of each row with the one of the same index.
    public static func pairwiseSimilarities(
        _ a: SparseMatrix, _ b: SparseMatrix, by function: SimilarityFunction
    ) throws -> [Float] { try function.pairwise(a, b) }

    /// The most similar documents, by an inverted index unless the function is a distance.
    public static func mostSimilar(
        _ queries: SparseMatrix, in documents: SparseMatrix, topK: Int, by function: SimilarityFunction, threads: Int?
    ) throws -> [[ScoredIndex]] {
        try SparseCorpus(documents, function, threads: threads).search(queries, topK: topK, threads: threads)
    }

    /// Some of the rows.
    public static func rows(_ embeddings: SparseMatrix, _ range: Range<Int>) -> SparseMatrix { embeddings[rows: range] }

    /// The unchanged embeddings.
    public static func sparseRows(_ embeddings: SparseMatrix) -> SparseMatrix? { embeddings }
}

extension MultiVectorEncoder: SimilarityEncoder {
    /// The similarities of all queries with all documents.
    public static func similarities(
        _ a: [Matrix], _ b: [Matrix], by function: MultiVectorSimilarity
    ) throws -> Matrix { try function(a, b) }

    /// The similarity of each query with the document of the same index.
    public static func pairwiseSimilarities(
        _ a: [Matrix], _ b: [Matrix], by function: MultiVectorSimilarity
    ) throws -> [Float] { try function.pairwise(a, b) }

    /// The most similar documents, of whose scores only those of a block are in memory.
    public static func mostSimilar(
        _ queries: [Matrix], in documents: [Matrix], topK: Int, by function: MultiVectorSimilarity, threads: Int?
    ) throws -> [[ScoredIndex]] {
        try semanticSearch(queries, in: documents, topK: topK, similarity: function, threads: threads)
    }

    /// Some of the embeddings.
    public static func rows(_ embeddings: [Matrix], _ range: Range<Int>) -> [Matrix] { Array(embeddings[range]) }
}
