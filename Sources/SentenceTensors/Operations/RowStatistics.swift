// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Tensor {
    /// The weighted mean of tensors of one shape, with learned weights.
    ///
    /// - Parameters:
    ///   - parts: The tensors, at least one.
    ///   - weights: One number for each part, `[parts]`.
    /// - Returns: The sum of weights times parts, divided by the sum of the weights.
    package static func weightedMean(_ parts: [Tensor], weights: Tensor) -> Tensor {
        precondition(!parts.isEmpty && weights.count == parts.count, "\(weights.count) weights of \(parts.count) parts")
        let (x, factors) = (parts.map(\.detached), weights.floats)
        let total = factors.reduce(0, +)
        let terms = zip(factors, x).map { $0 * $1 }
        let mean = (1 / total) * terms.dropFirst().reduce(terms[0]) { $0 + $1 }
        return mean.recorded(from: parts.map(\.node) + [weights.node]) { dY in
            let slopes = x.map { part in (dY * (part + -1 * mean)).sum().floats[0] / total }
            return factors.map { ($0 / total) * dY } + [Tensor(slopes, shape: weights.shape)]
        }
    }

    /// Every row minus its mean, divided by its sample standard deviation plus `epsilon`; needs at least two columns.
    package func standardized(epsilon: Float) -> Tensor {
        let x = detached
        let rows = x.standardizedRows(epsilon)
        return rows.values.recorded(from: [node]) { dY in
            // With c = x - mean and s = deviation + epsilon: dX = (dY - mean(dY)) / s - c · (c · dY) / (s² · deviation · (n - 1)).
            let y = rows.values.floats, gradient = dY.floats, size = x.columns
            return [
                Tensor(shape: x.shape) { out in
                    for row in 0..<x.rows {
                        let range = row * size..<(row + 1) * size
                        let scale = rows.deviations[row] + epsilon
                        let mean = range.reduce(0) { $0 + gradient[$1] } / Float(size)
                        let product = range.reduce(0) { $0 + gradient[$1] * y[$1] }
                        let slope = rows.deviations[row] > 0 ? product / (rows.deviations[row] * Float(size - 1)) : 0
                        for index in range { out[index] = (gradient[index] - mean) / scale - y[index] * slope }
                    }
                }
            ]
        }
    }

    private func standardizedRows(_ epsilon: Float) -> (values: Tensor, deviations: [Float]) {
        var deviations: [Float] = []
        let x = floats
        let values = Tensor(shape: shape) { out in
            for row in 0..<rows {
                let range = row * columns..<(row + 1) * columns
                let mean = range.reduce(0) { $0 + x[$1] } / Float(columns)
                for index in range { out[index] = x[index] - mean }
                let variance = range.reduce(0) { $0 + out[$1] * out[$1] } / Float(max(columns - 1, 1))
                deviations.append(variance.squareRoot())
                let scale = variance.squareRoot() + epsilon
                for index in range { out[index] /= scale }
            }
        }
        return (values, deviations)
    }
}
