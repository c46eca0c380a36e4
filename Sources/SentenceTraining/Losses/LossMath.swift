// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// How a loss compares embeddings.
public enum LossSimilarity: String, Sendable, CaseIterable {
    /// The cosine of the angle.
    case cosine = "cos_sim"
    /// The dot product.
    case dot = "dot_score"

    /// All rows of `a` with all rows of `b`: `[n, m]`.
    package func callAsFunction(_ a: Tensor, _ b: Tensor) -> Tensor {
        switch self {
        case .cosine: a.normalized().product(transposed: b.normalized())
        case .dot: a.product(transposed: b)
        }
    }

    /// Each row of `a` with the same row of `b`: `[n, 1]`.
    package func pairwise(_ a: Tensor, _ b: Tensor) -> Tensor {
        switch self {
        case .cosine: a.normalized().rowDots(b.normalized())
        case .dot: a.rowDots(b)
        }
    }
}

extension Tensor {
    /// The difference, element by element.
    package static func - (a: Tensor, b: Tensor) -> Tensor { a + -1 * b }

    /// A number added to every element.
    package static func + (x: Tensor, number: Float) -> Tensor {
        x + Tensor([Float](repeating: number, count: x.count), shape: x.shape)
    }

    /// The mean of all elements, `[]`.
    package func mean() -> Tensor { (1 / Float(max(1, count))) * sum() }

    /// The sum of each row, `[rows, 1]`.
    package func rowSums() -> Tensor {
        product(transposed: Tensor([Float](repeating: 1, count: columns), shape: [1, columns]))
    }

    /// The dot products of equal rows, `[rows, 1]`.
    package func rowDots(_ other: Tensor) -> Tensor { (self * other).rowSums() }

    /// A column, `[rows, 1]`, repeated side by side: `[rows, columns]`.
    package func repeated(columns: Int) -> Tensor {
        product(transposed: Tensor([Float](repeating: 1, count: columns), shape: [columns, 1]))
    }

    /// The elements (i, i), `[rows, 1]`, of a matrix that has at least as many columns as rows.
    package func diagonal() -> Tensor {
        let (rows, columns) = (rows, columns)
        return (self * Tensor.mask(rows, columns) { $0 == $1 ? 1 : 0 }).rowSums()
    }

    /// A constant matrix.
    package static func mask(_ rows: Int, _ columns: Int, _ value: (_ row: Int, _ column: Int) -> Float) -> Tensor {
        Tensor(shape: [rows, columns]) { out in
            for row in 0..<rows {
                for column in 0..<columns { out[row * columns + column] = value(row, column) }
            }
        }
    }

    /// The larger of 0 and each element.
    package func rectified() -> Tensor { activated(.relu) }

    /// The square of each element.
    package func squared() -> Tensor { self * self }

    /// The mean over rows of -log softmax(row)[target]: the cross-entropy with one class for each row, `[]`.
    ///
    /// - Parameters:
    ///   - targets: The class of each row.
    ///   - excluded: Added to the elements: -infinity for those that are not among the alternatives, otherwise 0.
    package func crossEntropy(_ targets: [Int], excluding excluded: Tensor? = nil) -> Tensor {
        let hits = Tensor.mask(rows, columns) { targets[$0] == $1 ? 1 : 0 }
        let logSums = (excluded.map { self + $0 } ?? self).logSumExp().reshaped([rows, 1])
        return (logSums - rowDots(hits)).mean()
    }
}
