// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta over the last dimension.
///
/// Ba et al., *Layer Normalization*, 2016, <https://arxiv.org/abs/1607.06450>.
package struct LayerNorm: Sendable, Trainable {
    /// gamma, `[size]`.
    package private(set) var weight: Parameter
    /// beta, `[size]`, or nil.
    package private(set) var bias: Parameter?
    /// Added to the variance, which is the biased one (divided by n).
    package let epsilon: Float
    private var gamma: Tensor
    private var beta: Tensor?

    /// A norm with the given gamma and beta.
    package init(weight: Parameter, bias: Parameter?, epsilon: Float) {
        self.weight = weight
        self.bias = bias
        self.epsilon = epsilon
        gamma = weight.tensor.float32()
        beta = bias?.tensor.float32()
    }

    /// Takes new values.
    package mutating func update(_ values: ParameterValues) {
        weight.update(values)
        bias.update(values)
        gamma = weight.tensor.float32()
        beta = bias?.tensor.float32()
    }

    /// Normalises every row.
    ///
    /// - Parameter x: `[rows, size]`.
    /// - Returns: The same shape.
    package func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(x.columns == gamma.count, "the norm takes \(gamma.count) columns, found \(x.shape)")
        let kernels = Execution.current.kernels
        let y = Tensor(shape: x.shape) { out in
            withExtendedLifetime((x.storage, gamma.storage, beta?.storage)) {
                nonisolated(unsafe) let (y, x0, gamma, beta) = (
                    out.baseAddress!, x.pointer, gamma.pointer, beta?.pointer
                )
                Parallel.forRanges(x.rows, grain: 64) { rows in
                    let first = rows.lowerBound * x.columns
                    kernels.table.pointee.layer_norm_f32(
                        y + first, x0 + first, gamma, beta, epsilon, rows.count, x.columns)
                }
            }
        }
        return y.recorded(from: [x.node, weight.node, bias?.node]) { dY in gradients(dY, x.detached) }
    }

    private func gradients(_ dY: Tensor, _ x: Tensor) -> [Tensor?] {
        let kernels = Execution.current.kernels.table.pointee
        let found = Tensor.making(x.shape, gamma.shape, gamma.shape) { out in
            for sums in out[1...] { sums.initialize(repeating: 0) }
            withExtendedLifetime((x.storage, dY.storage, gamma.storage)) {
                kernels.layer_norm_backward_f32(
                    out[0].baseAddress!, out[1].baseAddress!, out[2].baseAddress!, dY.pointer, x.pointer, gamma.pointer,
                    epsilon, x.rows, x.columns)
            }
        }
        return [found[0], found[1], bias == nil ? nil : found[2]]
    }
}
