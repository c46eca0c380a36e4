// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension MutableTensor {
    /// Multiplies every element.
    package func scale(by factor: Float) {
        guard factor != 1 else { return }
        Execution.current.kernels.table.pointee.scale_f32(pointer, factor, pointer, count)
    }

    /// Adds a multiple of a gradient.
    package func add(_ factor: Float, _ gradient: Gradient) {
        let kernels = Execution.current.kernels.table.pointee, values = gradient.values
        withExtendedLifetime(values.storage) {
            guard let rows = gradient.rows else { return kernels.axpy_f32(pointer, factor, values.pointer, count) }
            let columns = values.columns
            for (place, row) in rows.enumerated() {
                kernels.axpy_f32(pointer + row * columns, factor, values.pointer + place * columns, columns)
            }
        }
    }

    /// Adds `(1 - share) * number` to `share * element`, for every element.
    package func blend(_ share: Float, with numbers: [Float]) {
        precondition(numbers.count == count, "\(numbers.count) numbers for \(count)")
        for index in 0..<count { pointer[index] = share * pointer[index] + (1 - share) * numbers[index] }
    }
}
