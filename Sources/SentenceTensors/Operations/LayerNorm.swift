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

    /// The rows of a block of the backward pass; fixed, so that the number of threads changes no bit.
    private static let blockRows = 128

    private func gradients(_ dY: Tensor, _ x: Tensor) -> [Tensor?] {
        let kernels = Execution.current.kernels, (rows, size) = (x.rows, x.columns)
        let blocks = (rows + Self.blockRows - 1) / Self.blockRows
        // Each block has sums of its own, which are added up in their order.
        let found = Tensor.making(x.shape, [blocks, size], [blocks, size]) { out in
            for sums in out[1...] { sums.initialize(repeating: 0) }
            withExtendedLifetime((x.storage, dY.storage, gamma.storage)) {
                nonisolated(unsafe) let (dX, dGamma, dBeta) = (
                    out[0].baseAddress!, out[1].baseAddress!, out[2].baseAddress!
                )
                nonisolated(unsafe) let (dY, x, gamma) = (dY.pointer, x.pointer, gamma.pointer)
                Parallel.forRanges(blocks, grain: 1) { range in
                    for block in range {
                        let first = block * Self.blockRows, place = first * size
                        kernels.table.pointee.layer_norm_backward_f32(
                            dX + place, dGamma + block * size, dBeta + block * size, dY + place, x + place, gamma,
                            epsilon, min(Self.blockRows, rows - first), size)
                    }
                }
            }
        }
        return [found[0], found[1].columnSums(), bias == nil ? nil : found[2].columnSums()]
    }
}
