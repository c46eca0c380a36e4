// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// Multiplies every row by its own factor, `[rows]`.
    package func scalingRows(by factors: [Float]) -> Tensor {
        precondition(factors.count == rows, "\(factors.count) factors for \(shape)")
        let scaled = Tensor(shape: shape) { out in
            let kernels = Execution.current.kernels.table.pointee
            withExtendedLifetime(storage) {
                for (row, factor) in factors.enumerated() {
                    kernels.scale_f32(out.baseAddress! + row * columns, factor, pointer + row * columns, columns)
                }
            }
        }
        return scaled.recorded(from: [node]) { [$0.scalingRows(by: factors)] }
    }
}
