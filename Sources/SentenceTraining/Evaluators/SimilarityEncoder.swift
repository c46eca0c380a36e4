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
}
