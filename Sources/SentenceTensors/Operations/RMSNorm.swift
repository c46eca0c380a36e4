// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// x / sqrt(mean of squares + epsilon) * gamma over the last dimension.
///
/// Zhang and Sennrich, *Root Mean Square Layer Normalization*, 2019, <https://arxiv.org/abs/1910.07467>.
package struct RMSNorm: Sendable, Trainable {
    /// The learned weight, `[size]`: gamma without its offset.
    package private(set) var weight: Parameter
    /// Added to the mean of squares.
    package let epsilon: Float
    private let offset: Float
    private var gamma: Tensor

    /// A norm whose gamma is the weight plus `offset`.
    package init(weight: Parameter, offset: Float = 0, epsilon: Float) {
        self.weight = weight
        self.epsilon = epsilon
        self.offset = offset
        gamma = Self.gamma(weight, offset)
    }

    private static func gamma(_ weight: Parameter, _ offset: Float) -> Tensor {
        let stored = weight.tensor.float32()
        return offset == 0 ? stored : Tensor(stored.floats.map { offset + $0 }, shape: stored.shape)
    }

    /// Takes new values.
    package mutating func update(_ values: ParameterValues) {
        weight.update(values)
        gamma = Self.gamma(weight, offset)
    }

    /// Normalises every row.
    ///
    /// - Parameter x: `[rows, size]`.
    /// - Returns: The same shape.
    package func callAsFunction(_ x: Tensor) -> Tensor {
        precondition(x.columns == gamma.count, "the norm takes \(gamma.count) columns, found \(x.shape)")
        return normalizing(x, columns: 0..<x.columns)
    }

    /// Normalises the given columns in groups of the norm's size, and leaves the others as they are.
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
        return Tensor.making(x.shape, gamma.shape) { out in
            out[1].initialize(repeating: 0)
            withExtendedLifetime((x.storage, dY.storage, gamma.storage)) {
                _ = out[0].initialize(fromContentsOf: UnsafeBufferPointer(start: dY.pointer, count: dY.count))
                for row in 0..<x.rows {
                    let first = row * x.columns + columns.lowerBound
                    kernels.rms_norm_backward_f32(
                        out[0].baseAddress! + first, out[1].baseAddress!, dY.pointer + first, x.pointer + first,
                        gamma.pointer, epsilon, columns.count / gamma.count, gamma.count)
                }
            }
        }
    }
}
