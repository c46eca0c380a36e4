// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch

extension SentenceTransformer {
    /// The similarities of all pairs of embeddings, by the model's similarity function.
    ///
    /// - Parameters:
    ///   - a: `[n, dimensions]`.
    ///   - b: `[m, dimensions]`.
    /// - Returns: `[n, m]`.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func similarity(_ a: Matrix, _ b: Matrix) throws -> Matrix { try similarityFunction(a, b) }

    /// The similarity of each embedding with the one of the same index, by the model's similarity function.
    ///
    /// - Parameters:
    ///   - a: `[n, dimensions]`.
    ///   - b: `[n, dimensions]`.
    /// - Returns: `n` similarities.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in number or dimensions.
    public func similarityPairwise(_ a: Matrix, _ b: Matrix) throws -> [Float] {
        try similarityFunction.pairwise(a, b)
    }

    /// The similarity of one embedding with each row of a matrix; ``Swift/Collection/topK(_:)`` of the result finds the
    /// best.
    ///
    /// - Parameters:
    ///   - vector: An embedding, such as an array or a row of a matrix.
    ///   - rows: `[n, dimensions]`; not copied.
    /// - Returns: `n` similarities.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func similarity(_ vector: some Collection<Float>, _ rows: Matrix) throws -> [Float] {
        try similarityFunction(vector, rows)
    }

    /// The similarity of two embeddings, by the model's similarity function.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func similarity(_ a: some Collection<Float>, _ b: some Collection<Float>) throws -> Float {
        try similarityPairwise(Matrix(rows: [Array(a)]), Matrix(rows: [Array(b)]))[0]
    }
}
