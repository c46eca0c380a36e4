// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels
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
        let similarities = Execution.with(threads: Parallel.availableThreads) {
            switch self {
            case .cosine: a.tensor.normalized().product(transposed: b.tensor.normalized())
            case .dot: a.tensor.product(transposed: b.tensor)
            case .euclidean, .manhattan: distances(a, b)
            }
        }
        return Matrix(similarities)
    }

    /// The similarity of each row with the row of the same index.
    ///
    /// - Parameters:
    ///   - a: `[n, dimensions]`.
    ///   - b: `[n, dimensions]`.
    /// - Returns: `n` similarities.
    public func pairwise(_ a: Matrix, _ b: Matrix) -> [Float] {
        precondition(a.shape == b.shape, "embeddings differ in shape: \(a.shape) and \(b.shape)")
        let (x, y) = self == .cosine ? (Matrix(a.tensor.normalized()), Matrix(b.tensor.normalized())) : (a, b)
        return withRows(x, y) { x, y in (0..<a.rows).map { compare(x + $0 * a.columns, y + $0 * a.columns, a.columns) }
        }
    }

    private func distances(_ a: Matrix, _ b: Matrix) -> Tensor {
        Tensor(shape: [a.rows, b.rows]) { out in
            withRows(a, b) { x, y in
                // Every row of the result is written by one call.
                nonisolated(unsafe) let (x, y, out) = (x, y, out)
                Parallel.forEach(a.rows) { row in
                    for column in 0..<b.rows {
                        out[row * b.rows + column] = compare(x + row * a.columns, y + column * b.columns, a.columns)
                    }
                }
            }
        }
    }

    /// The similarity of two vectors; of unit length for the cosine.
    private func compare(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) -> Float {
        let kernels = Execution.current.kernels.table.pointee
        return switch self {
        case .cosine, .dot: kernels.dot_f32(x, y, count)
        case .euclidean: -kernels.squared_distance_f32(x, y, count).squareRoot()
        case .manhattan: -kernels.manhattan_distance_f32(x, y, count)
        }
    }

    private func withRows<R>(_ a: Matrix, _ b: Matrix, _ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> R) -> R {
        a.withUnsafeBufferPointer { x in
            b.withUnsafeBufferPointer { y in
                // Tensors without elements have an address too.
                body(x.baseAddress!, y.baseAddress!)
            }
        }
    }
}
