// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
public import SentenceTransformers

/// An encoder among whose embeddings the most similar pairs can be found.
public protocol PairMiningEncoder: SimilarityEncoder where Similarity == SimilarityFunction {
    /// The most similar pairs, best first, each once; see `paraphraseMining`.
    ///
    /// - Throws: `SearchError` if an embedding holds a number that is not finite.
    static func mostSimilarPairs(
        among embeddings: Embeddings, maxPairs: Int, topK: Int, by function: SimilarityFunction, threads: Int?
    ) throws -> [MinedPair]
}

extension SentenceTransformer: PairMiningEncoder {
    /// The most similar pairs of rows.
    public static func mostSimilarPairs(
        among embeddings: Matrix, maxPairs: Int, topK: Int, by function: SimilarityFunction, threads: Int?
    ) throws -> [MinedPair] {
        try paraphraseMining(embeddings, maxPairs: maxPairs, topK: topK, scoreFunction: function, threads: threads)
    }
}

extension SparseEncoder: PairMiningEncoder {
    /// The most similar pairs of rows, by an inverted index.
    public static func mostSimilarPairs(
        among embeddings: SparseMatrix, maxPairs: Int, topK: Int, by function: SimilarityFunction, threads: Int?
    ) throws -> [MinedPair] {
        try paraphraseMining(embeddings, maxPairs: maxPairs, topK: topK, scoreFunction: function, threads: threads)
    }
}
