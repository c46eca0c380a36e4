// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// How alike two embeddings are; larger is more alike.
public enum SimilarityFunction: String, Sendable, CaseIterable {
    /// The cosine of the angle, from -1 to 1.
    case cosine
    /// The dot product.
    case dot
    /// The negative Euclidean distance.
    case euclidean
    /// The negative Manhattan distance.
    case manhattan

    /// The similarities of all pairs of rows.
    ///
    /// - Parameters:
    ///   - a: `[n, dimensions]`.
    ///   - b: `[m, dimensions]`.
    /// - Returns: `[n, m]`.
    public func callAsFunction(_ a: Matrix, _ b: Matrix) -> Matrix {
        precondition(a.columns == b.columns, "embeddings differ in dimensions: \(a.shape) and \(b.shape)")
        return Execution.with(threads: Parallel.availableThreads) {
            let compared = prepared(a).compared(comparison, with: prepared(b))
            return Matrix(isDistance ? -1 * compared : compared)
        }
    }

    /// The similarity of each row with the row of the same index.
    ///
    /// - Parameters:
    ///   - a: `[n, dimensions]`.
    ///   - b: `[n, dimensions]`.
    /// - Returns: `n` similarities.
    public func pairwise(_ a: Matrix, _ b: Matrix) -> [Float] {
        precondition(a.shape == b.shape, "embeddings differ in shape: \(a.shape) and \(b.shape)")
        let compared = prepared(a).comparedPairwise(comparison, with: prepared(b))
        return isDistance ? compared.map { -$0 } : compared
    }

    private var comparison: RowComparison {
        switch self {
        case .cosine, .dot: .dot
        case .euclidean: .euclideanDistance
        case .manhattan: .manhattanDistance
        }
    }

    private var isDistance: Bool { self == .euclidean || self == .manhattan }

    /// The vectors to compare: of unit length for the cosine.
    private func prepared(_ matrix: Matrix) -> Tensor { self == .cosine ? matrix.tensor.normalized() : matrix.tensor }
}
