// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// What rounding to 8 bits takes from a vector of unit length or zeros: the length of the difference, as the left and as
/// the right operand of a product.
package struct RoundingLoss: Sendable {
    package let left: Float
    package let right: Float

    /// Writes the losses of the rows of a matrix.
    package static func measure(_ rows: Tensor, into out: UnsafeMutablePointer<RoundingLoss>) {
        let size = rows.columns
        withExtendedLifetime(rows.storage) {
            BufferPool.shared.withBytes(5 * size) { scratch in
                for row in 0..<rows.rows {
                    let loss = sk_int8_rounding(rows.pointer + row * size, size, scratch)
                    (out + row).initialize(to: RoundingLoss(left: loss.row, right: loss.column))
                }
            }
        }
    }
}

/// Upper bounds of the products of unit vectors, for a fraction of the time that the products take.
///
/// The operands are rounded to 8 bits. By the inequality of Cauchy and Schwarz, with x' for x rounded, x · y - x' · y' is at
/// most |x - x'| |y| + |x'| |y - y'|.
package struct ProductBounds: Sendable {
    /// What rotating, scaling and summing in float32 may add to the difference from an exact product of unit vectors.
    private static let floatLoss: Float = 1e-5
    /// The most numbers of a vector.
    package static let mostColumns = 65_536

    private let matrix: PackedMatrix
    private let slack: Tensor

    /// - Parameters:
    ///   - queries: The right operands, `[n, size]`, of unit length or zeros.
    ///   - losses: What rounding takes from each, `[n]`.
    ///   - leftLoss: The most that rounding takes from a left operand.
    package init(_ queries: Tensor, _ losses: ArraySlice<RoundingLoss>, leftLoss: Float) {
        precondition(losses.count == queries.rows, "\(losses.count) losses of \(queries.rows) rows")
        precondition(queries.columns <= Self.mostColumns, "\(queries.columns) numbers are too many for 8 bits")
        matrix = Execution.with(precision: .int8) { PackedMatrix(transposing: [queries]) }
        slack = Tensor(shape: [queries.rows]) { out in
            for (place, loss) in losses.enumerated() { out[place] = (1 + leftLoss) * loss.right + Self.floatLoss }
        }
    }

    /// How many queries are taken together; ranges of them begin at a multiple of it.
    package var step: Int { matrix.product.pointee.panel_width }

    /// Writes numbers that, with what rounding takes from row i as the left operand, are at least the product of row i and
    /// query `queries.lowerBound + j`, to `out[i * stride + j]`; on this thread.
    ///
    /// - Parameters:
    ///   - rows: The left operands, `[count, size]`, of unit length or zeros.
    ///   - count: How many.
    ///   - queries: Which queries; begins at a multiple of ``step``, and ends at one or at the last query.
    ///   - out: `[count, queries.count]`, with rows `stride` numbers apart.
    ///   - stride: The number of numbers from one row of `out` to the next.
    package func callAsFunction(
        _ rows: UnsafePointer<Float>, count: Int, queries: Range<Int>, into out: UnsafeMutablePointer<Float>,
        stride: Int
    ) {
        precondition(queries.lowerBound % step == 0 && queries.upperBound <= matrix.columns)
        precondition(queries.upperBound % step == 0 || queries.upperBound == matrix.columns)
        withExtendedLifetime(slack.storage) {
            // The product writes to absolute columns.
            MatrixProduct(
                rows, rowStride: matrix.rows, rows: count, matrix, into: out - queries.lowerBound, stride: stride
            ).finishing(bias: slack.pointer, activation: .identity, residual: nil)(
                panels: queries.lowerBound / step..<(queries.upperBound + step - 1) / step)
        }
    }
}
