// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// x / sqrt(mean of squares + epsilon) * gamma over the last dimension.
///
/// Zhang and Sennrich, *Root Mean Square Layer Normalization*, 2019, <https://arxiv.org/abs/1910.07467>.
package struct RMSNorm: Sendable {
    /// What is learned, `[size]`: gamma without its offset.
    package let weight: Parameter
    /// Added to the mean of squares.
    package let epsilon: Float
    private let gamma: Tensor

    /// A norm whose gamma is `offset` more than its weight.
    package init(weight: Parameter, offset: Float = 0, epsilon: Float) {
        self.weight = weight
        self.epsilon = epsilon
        let stored = weight.tensor.float32()
        gamma = offset == 0 ? stored : Tensor(stored.floats.map { offset + $0 }, shape: stored.shape)
    }

    /// - Parameter x: `[rows, size]`.
    /// - Returns: The same shape.
    package func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(x.columns == gamma.count, "the norm takes \(gamma.count) columns, found \(x.shape)")
        return normalizing(x, columns: 0..<x.columns)
    }

    /// Normalises the given columns, as many as several groups of the norm's size, and leaves the others as they are.
    package func normalizing(_ x: Tensor, columns: Range<Int>) -> Tensor {
        let size = gamma.count
        precondition(columns.count % size == 0 && columns.upperBound <= x.columns, "\(columns) of \(x.shape)")
        let y = x.rewritingRows { kernels, y, _ in
            kernels.rms_norm_f32(
                y + columns.lowerBound, y + columns.lowerBound, gamma.pointer, epsilon, columns.count / size, size)
        }
        return y.recorded(from: [x.node, weight.node]) { dY in gradients(dY, x.detached, columns) }
    }

    private func gradients(_ dY: Tensor, _ x: Tensor, _ columns: Range<Int>) -> [Tensor?] {
        let kernels = Execution.current.kernels.table.pointee
        let dGamma = Tensor.zeros(gamma.shape)
        let dX = Tensor(shape: x.shape) { out in
            withExtendedLifetime((x.storage, dY.storage, gamma.storage, dGamma.storage)) {
                _ = out.initialize(fromContentsOf: UnsafeBufferPointer(start: dY.pointer, count: dY.count))
                for row in 0..<x.rows {
                    let first = row * x.columns + columns.lowerBound
                    kernels.rms_norm_backward_f32(
                        out.baseAddress! + first, UnsafeMutablePointer(mutating: dGamma.pointer), dY.pointer + first,
                        x.pointer + first, gamma.pointer, epsilon, columns.count / gamma.count, gamma.count)
                }
            }
        }
        return [dX, dGamma]
    }
}
