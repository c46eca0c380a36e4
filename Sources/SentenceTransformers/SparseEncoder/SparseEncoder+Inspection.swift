// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch

/// How sparse embeddings are.
public struct SparsityStatistics: Sendable, Hashable, Codable {
    /// The mean number of nonzero elements of an embedding.
    public let activeDimensions: Double
    /// The share of elements that are zero, from 0 to 1.
    public let sparsityRatio: Double
}

/// A token and its weight in an embedding.
public struct TokenWeight: Sendable, Hashable, Codable {
    /// The token, as spelled in the vocabulary.
    public let token: String
    /// Its weight.
    public let weight: Float
}

extension SparseEncoder {
    /// The sparsity of embeddings; if there are none, the ratio is 1.
    public static func sparsity(_ embeddings: SparseMatrix) -> SparsityStatistics {
        guard embeddings.rows > 0, embeddings.columns > 0 else {
            return SparsityStatistics(activeDimensions: 0, sparsityRatio: 1)
        }
        let active = Double(embeddings.values.count) / Double(embeddings.rows)
        return SparsityStatistics(activeDimensions: active, sparsityRatio: 1 - active / Double(embeddings.columns))
    }

    /// The sparsity of an embedding.
    public static func sparsity(_ embedding: SparseVector) -> SparsityStatistics {
        sparsity(SparseMatrix(alike: [embedding], columns: embedding.dimension))
    }

    /// The intersection of two embeddings: the elementwise products that are positive.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public static func intersection(_ a: SparseVector, _ b: SparseVector) throws -> SparseVector {
        try a.intersection(b)
    }

    /// The intersection of an embedding with each row of a matrix.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public static func intersection(_ a: SparseVector, _ b: SparseMatrix) throws -> SparseMatrix {
        SparseMatrix(alike: try (0..<b.rows).map { try a.intersection(b[$0]) }, columns: b.columns)
    }

    /// The tokens of an embedding with their weights, largest weight first.
    ///
    /// - Parameters:
    ///   - embedding: An embedding of this model.
    ///   - topK: The maximum number of tokens; all with a nonzero weight if nil.
    /// - Returns: The tokens, as spelled in the vocabulary; a dimension outside the vocabulary is named by its index.
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

    /// The tokens of each embedding with their weights, largest weight first.
    ///
    /// - Returns: One list for each row.
    public func decode(_ embeddings: SparseMatrix, topK: Int? = nil) -> [[TokenWeight]] {
        (0..<embeddings.rows).map { decode(embeddings[$0], topK: topK) }
    }
}
