// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// A function of two vectors of the same size, such as a distance.
package enum RowComparison: Sendable {
    /// The sum of the products.
    case dot
    /// The square root of the sum of squared differences.
    case euclideanDistance
    /// The sum of absolute differences.
    case manhattanDistance

    func compare(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int, _ kernels: sk_kernels
    ) -> Float {
        switch self {
        case .dot: kernels.dot_f32(a, b, count)
        case .euclideanDistance: kernels.squared_distance_f32(a, b, count).squareRoot()
        case .manhattanDistance: kernels.manhattan_distance_f32(a, b, count)
        }
    }
}

extension Tensor {
    /// Compares every row with every row of another matrix; has no gradient.
    ///
    /// This tensor is `[n, size]`.
    /// - Parameters:
    ///   - comparison: What to compute.
    ///   - other: `[m, size]`.
    /// - Returns: `[n, m]`.
    package func compared(_ comparison: RowComparison, with other: Tensor) -> Tensor {
        precondition(columns == other.columns, "rows differ in size: \(shape) and \(other.shape)")
        for operand in [self, other] { operand.refuseGradient(of: "compared") }
        if comparison == .dot { return product(transposed: other) }
        let kernels = Execution.current.kernels
        return Tensor(shape: [rows, other.rows]) { out in
            withExtendedLifetime((storage, other.storage)) {
                // Each call writes one row of the result.
                nonisolated(unsafe) let (out, a, b) = (out, pointer, other.pointer)
                Parallel.forEach(rows) { row in
                    for column in 0..<other.rows {
                        out[row * other.rows + column] = comparison.compare(
                            a + row * columns, b + column * columns, columns, kernels.table.pointee)
                    }
                }
            }
        }
    }

    /// Compares every row with the row at the same index of a matrix of the same shape; has no gradient.
    package func comparedPairwise(_ comparison: RowComparison, with other: Tensor) -> [Float] {
        precondition(shape == other.shape, "shapes differ: \(shape) and \(other.shape)")
        for operand in [self, other] { operand.refuseGradient(of: "comparedPairwise") }
        let kernels = Execution.current.kernels.table.pointee
        return withExtendedLifetime((storage, other.storage)) {
            (0..<rows).map { row in
                comparison.compare(pointer + row * columns, other.pointer + row * columns, columns, kernels)
            }
        }
    }

    /// Compares every row with one vector of as many elements as there are columns; not recorded.
    ///
    /// - Parameters:
    ///   - comparison: What to compute.
    ///   - vector: `[size]`.
    ///   - byAngle: Whether to divide the result by the lengths of both vectors.
    /// - Returns: One number for each row.
    package func compared(_ comparison: RowComparison, with vector: [Float], byAngle: Bool) -> [Float] {
        precondition(columns == vector.count, "a vector of \(vector.count) elements and rows of \(columns)")
        let kernels = Execution.current.kernels
        return withExtendedLifetime(storage) {
            [Float](unsafeUninitializedCapacity: rows) { out, count in
                vector.withUnsafeBufferPointer { vector in
                    // Each call writes one element of the result; an empty vector is never read.
                    nonisolated(unsafe) let (out, x) = (out, pointer)
                    nonisolated(unsafe) let vector = vector.baseAddress ?? UnsafePointer(x)
                    let length = byAngle ? Self.length(vector, columns, kernels.table.pointee) : 1
                    Parallel.forRanges(rows, grain: 64) { range in
                        let kernels = kernels.table.pointee
                        for row in range {
                            let element = x + row * columns
                            let compared = comparison.compare(vector, element, columns, kernels)
                            out[row] = byAngle ? compared / length / Self.length(element, columns, kernels) : compared
                        }
                    }
                }
                count = rows
            }
        }
    }
}
