// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// How a loss compares embeddings.
public enum LossSimilarity: String, Sendable, CaseIterable, LossChoice {
    /// The cosine of the angle.
    case cosine = "cos_sim"
    /// The dot product.
    case dot = "dot_score"

    /// The reference has functions of all pairs and of rows one by one.
    package init?(argument: String) {
        self.init(rawValue: argument.hasPrefix("pairwise_") ? String(argument.dropFirst(9)) : argument)
    }

    /// The reference's name of the function of rows one by one.
    var pairwiseArgument: String { "pairwise_\(rawValue)" }

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
        gatheringElements((0..<count).flatMap { [Int](repeating: $0, count: columns) }).reshaped([count, columns])
    }

    /// A column, `[rows, 1]`, as each of some rows: `[repetitions, rows]`.
    package func repeated(rows: Int) -> Tensor {
        let count = count
        return gatheringElements((0..<rows).flatMap { _ in 0..<count }).reshaped([rows, count])
    }

    /// One element of each row, `[rows, 1]`.
    package func element(ofRow column: (Int) -> Int) -> Tensor {
        let (rows, columns) = (rows, columns)
        return gatheringElements((0..<rows).map { $0 * columns + column($0) }).reshaped([rows, 1])
    }

    /// The elements (i, i), `[rows, 1]`, of a matrix that has at least as many columns as rows.
    package func diagonal() -> Tensor { element { $0 } }

    /// The largest element of each row, `[rows, 1]`; the gradient goes to the first that has it.
    package func rowMaxima() -> Tensor {
        let (elements, columns) = (floats, columns)
        return element { row in
            (0..<columns).reduce(0) { elements[row * columns + $1] > elements[row * columns + $0] ? $1 : $0 }
        }
    }

    /// The smallest element of each row, `[rows, 1]`.
    package func rowMinima() -> Tensor { -1 * (-1 * self).rowMaxima() }

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
    /// - Returns: The mean, `[]`.
    package func crossEntropy(_ targets: [Int], excluding excluded: Tensor? = nil) -> Tensor {
        let logSums = (excluded.map { self + $0 } ?? self).logSumExp().reshaped([rows, 1])
        return (logSums - element { targets[$0] }).mean()
    }
}
