// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch

/// How much of sparse embeddings is zero.
public struct SparsityStatistics: Sendable, Hashable, Codable {
    /// The mean number of elements that are not zero, in an embedding.
    public let activeDimensions: Double
    /// The share of elements that are zero, from 0 to 1.
    public let sparsityRatio: Double
}

/// A word and the weight that an embedding gives it.
public struct TokenWeight: Sendable, Hashable, Codable {
    /// The token as the vocabulary spells it.
    public let token: String
    /// Its weight.
    public let weight: Float
}

extension SparseEncoder {
    /// How much of the embeddings is zero; of none of them, all is.
    public static func sparsity(_ embeddings: SparseMatrix) -> SparsityStatistics {
        guard embeddings.rows > 0, embeddings.columns > 0 else {
            return SparsityStatistics(activeDimensions: 0, sparsityRatio: 1)
        }
        let active = Double(embeddings.values.count) / Double(embeddings.rows)
        return SparsityStatistics(activeDimensions: active, sparsityRatio: 1 - active / Double(embeddings.columns))
    }

    /// How much of an embedding is zero.
    public static func sparsity(_ embedding: SparseVector) -> SparsityStatistics {
        sparsity(SparseMatrix(alike: [embedding], columns: embedding.dimension))
    }

    /// What two embeddings share: the products of their elements, where these are positive.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public static func intersection(_ a: SparseVector, _ b: SparseVector) throws -> SparseVector {
        try a.intersection(b)
    }

    /// What an embedding shares with each of others.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public static func intersection(_ a: SparseVector, _ b: SparseMatrix) throws -> SparseMatrix {
        SparseMatrix(alike: try (0..<b.rows).map { try a.intersection(b[$0]) }, columns: b.columns)
    }

    /// The words of an embedding with their weights, heaviest first.
    ///
    /// - Parameters:
    ///   - embedding: An embedding of this model.
    ///   - topK: How many words are wanted; all that have a weight if nil.
    /// - Returns: Words as the vocabulary spells them; a dimension beyond the vocabulary is called by its index.
    public func decode(_ embedding: SparseVector, topK: Int? = nil) -> [TokenWeight] {
        let heaviest = embedding.values.indices.sorted { a, b in
            (embedding.values[b], a) < (embedding.values[a], b)
        }
        return heaviest.prefix(max(0, topK ?? .max)).map { place in
            let index = embedding.indices[place]
            return TokenWeight(
                token: tokenizer?.token(of: Int32(index)) ?? "\(index)", weight: embedding.values[place])
        }
    }

    /// The words of each embedding with their weights, heaviest first.
    ///
    /// - Returns: One list for each row.
    public func decode(_ embeddings: SparseMatrix, topK: Int? = nil) -> [[TokenWeight]] {
        (0..<embeddings.rows).map { decode(embeddings[$0], topK: topK) }
    }
}
