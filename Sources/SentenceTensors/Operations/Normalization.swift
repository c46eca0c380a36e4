// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// Every row divided by its Euclidean length, which is taken to be at least 1e-12.
    package func normalized() -> Tensor {
        let kernels = Execution.current.kernels.table.pointee
        let x = detached
        let y = Tensor(shape: shape) { out in
            withExtendedLifetime(storage) {
                for row in 0..<rows {
                    let source = pointer + row * columns
                    kernels.scale_f32(
                        out.baseAddress! + row * columns, 1 / Self.length(source, columns, kernels), source, columns)
                }
            }
        }
        return y.recorded(from: [node]) { [x.normalizationGradient($0, y)] }
    }

    /// dX = (dY - Y (Y · dY)) / length, row by row.
    private func normalizationGradient(_ dY: Tensor, _ y: Tensor) -> Tensor {
        let kernels = Execution.current.kernels.table.pointee
        return Tensor(shape: shape) { out in
            withExtendedLifetime((storage, dY.storage, y.storage)) {
                for row in 0..<rows {
                    let first = row * columns
                    let target = out.baseAddress! + first
                    let reciprocal = 1 / Self.length(pointer + first, columns, kernels)
                    let projection = kernels.dot_f32(dY.pointer + first, y.pointer + first, columns)
                    kernels.scale_f32(target, reciprocal, dY.pointer + first, columns)
                    kernels.axpy_f32(target, -projection * reciprocal, y.pointer + first, columns)
                }
            }
        }
    }

    /// The length of a row; at least a tiny number, so that it can be divided by.
    static func length(_ row: UnsafePointer<Float>, _ count: Int, _ kernels: sk_kernels) -> Float {
        max(kernels.dot_f32(row, row, count).squareRoot(), 1e-12)
    }
}
