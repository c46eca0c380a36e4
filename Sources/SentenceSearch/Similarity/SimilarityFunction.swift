// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The similarity of two embeddings; larger is more similar.
public enum SimilarityFunction: String, Sendable, CaseIterable, Codable {
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
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func callAsFunction(_ a: Matrix, _ b: Matrix) throws -> Matrix {
        try Self.check(a.shape, b.shape)
        guard a.rows > 0, b.rows > 0 else { return Matrix(Tensor.zeros([a.rows, b.rows])) }
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
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in number or dimensions.
    public func pairwise(_ a: Matrix, _ b: Matrix) throws -> [Float] {
        try Self.checkPairs(a.shape, b.shape)
        guard a.rows > 0 else { return [] }
        let compared = prepared(a).comparedPairwise(comparison, with: prepared(b))
        return isDistance ? compared.map { -$0 } : compared
    }

    /// The similarity of one embedding with each row.
    ///
    /// The rows are read in place; nothing is copied.
    /// - Parameters:
    ///   - vector: `dimensions` numbers.
    ///   - rows: `[n, dimensions]`.
    /// - Returns: `n` similarities; ``Swift/Collection/topK(_:)`` selects the best.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func callAsFunction(_ vector: some Collection<Float>, _ rows: Matrix) throws -> [Float] {
        try Self.check([1, vector.count], rows.shape)
        guard rows.rows > 0 else { return [] }
        return Execution.with(threads: Parallel.availableThreads) {
            let compared = rows.tensor.compared(comparison, with: Array(vector), byAngle: self == .cosine)
            return isDistance ? compared.map { -$0 } : compared
        }
    }

    private var comparison: RowComparison {
        switch self {
        case .cosine, .dot: .dot
        case .euclidean: .euclideanDistance
        case .manhattan: .manhattanDistance
        }
    }

    private var isDistance: Bool { self == .euclidean || self == .manhattan }

    /// The vectors to compare: scaled to unit length for the cosine.
    private func prepared(_ matrix: Matrix) -> Tensor { self == .cosine ? matrix.tensor.normalized() : matrix.tensor }
}
