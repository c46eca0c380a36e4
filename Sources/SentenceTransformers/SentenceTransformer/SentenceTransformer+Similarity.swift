// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SentenceTransformer {
    /// The similarities of all pairs of embeddings, by the model's similarity function.
    ///
    /// - Parameters:
    ///   - a: `[n, dimensions]`.
    ///   - b: `[m, dimensions]`.
    /// - Returns: `[n, m]`.
    public func similarity(_ a: Matrix, _ b: Matrix) -> Matrix { similarityFunction(a, b) }

    /// The similarity of each embedding with the one of the same index, by the model's similarity function.
    ///
    /// - Parameters:
    ///   - a: `[n, dimensions]`.
    ///   - b: `[n, dimensions]`.
    /// - Returns: `n` similarities.
    public func similarityPairwise(_ a: Matrix, _ b: Matrix) -> [Float] { similarityFunction.pairwise(a, b) }

    /// The similarity of two embeddings, by the model's similarity function.
    public func similarity(_ a: [Float], _ b: [Float]) -> Float {
        similarityPairwise(Matrix(rows: [a]), Matrix(rows: [b]))[0]
    }
}
