// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceSearch
package import SentenceTensors

/// A linear classifier of vectors: the weights and biases that make
/// `strength · Σ -log p(class of a row) + ½ · |weights|²` smallest, as scikit-learn's `LogisticRegression` does.
///
/// Cox, *The Regression Analysis of Binary Sequences*, 1958, <https://doi.org/10.1111/j.2517-6161.1958.tb00292.x>. The
/// minimum is found by accelerated gradient descent with restarts: Nesterov, 1983; O'Donoghue and Candès, *Adaptive
/// Restart for Accelerated Gradient Schemes*, 2013, <https://arxiv.org/abs/1204.3982>.
package struct LogisticRegression {
    /// The weights, `[classes, dimensions]`; probabilities are the softmax of `x · weightsᵀ + biases`.
    package let weights: Tensor
    /// The biases, `[classes]`.
    package let biases: Tensor

    private static let iterations = 10_000
    /// The largest element of the gradient at which the minimum counts as found: float32 sums of some dozens of rows.
    private static let smallestGradient: Float = 2e-5

    /// Finds the classifier of some rows.
    ///
    /// - Parameters:
    ///   - rows: `[rows, dimensions]`.
    ///   - classes: The class of each row.
    ///   - count: The number of classes, at least 2, each of which has a row.
    ///   - strength: How much rows count beside the weights' length, scikit-learn's `C`.
    package init(_ rows: Matrix, classes: [Int], count: Int, strength: Float = 1) {
        // Of two classes there is one vector, so that its length counts once; its halves are those of the classes.
        let outputs = count == 2 ? 1 : count
        let x = rows.tensor, size = x.columns
        let targets = Tensor(shape: [x.rows, outputs]) { out in
            for (row, label) in classes.enumerated() {
                for output in 0..<outputs {
                    out[row * outputs + output] = (count == 2 ? label == 1 : label == output) ? 1 : 0
                }
            }
        }
        func slopes(_ w: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
            let logits = x.product(transposed: w).adding(row: b)
            let found = count == 2 ? logits.activated(.sigmoid) : logits.softmax()
            let errors = strength * (found + -1 * targets)
            return (errors.transposedMatrix().product(transposed: x.transposedMatrix()) + w, errors.columnSums())
        }
        // No second derivative is larger: that of a logistic function is at most a quarter, of a softmax a half.
        let longest = (0..<x.rows).reduce(Float(0)) { $0 + x.rowRange($1..<$1 + 1).floats.reduce(1) { $0 + $1 * $1 } }
        let rate = 1 / (1 + strength * (count == 2 ? 0.25 : 0.5) * longest)
        var (w, b) = (Tensor.zeros([outputs, size]), Tensor.zeros([outputs]))
        var (ahead, aheadBias) = (w, b), momentum: Float = 1
        for _ in 0..<Self.iterations {
            let (dw, db) = slopes(ahead, aheadBias)
            if max(dw.largestMagnitude, db.largestMagnitude) <= Self.smallestGradient * strength * Float(x.rows) {
                break
            }
            let (nextW, nextB) = (ahead + -rate * dw, aheadBias + -rate * db)
            // Where the last step led uphill, the momentum is of no use.
            let uphill = (dw * (nextW + -1 * w)).sum().floats[0] + (db * (nextB + -1 * b)).sum().floats[0] > 0
            let next = uphill ? 1 : (1 + (1 + 4 * momentum * momentum).squareRoot()) / 2
            let share = uphill ? 0 : (momentum - 1) / next
            ahead = nextW + share * (nextW + -1 * w)
            aheadBias = nextB + share * (nextB + -1 * b)
            (w, b, momentum) = (nextW, nextB, next)
        }
        weights = count == 2 ? Tensor((-0.5 * w).floats + (0.5 * w).floats, shape: [2, size]) : w
        biases = count == 2 ? Tensor((-0.5 * b).floats + (0.5 * b).floats, shape: [2]) : b
    }
}

extension Tensor {
    fileprivate var largestMagnitude: Float { floats.reduce(0) { max($0, abs($1)) } }
}
