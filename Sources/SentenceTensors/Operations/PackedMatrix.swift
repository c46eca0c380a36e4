// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// The right operand of a matrix product, in the order in which the kernel of one level reads it.
package struct PackedMatrix: Sendable {
    /// Rows of the operand, `k` of a product `[m, k] · [k, n]`.
    package let rows: Int
    /// Columns of the operand, `n`.
    package let columns: Int
    let kernels: KernelSet
    let storage: Storage

    /// Packs a matrix whose element (row, column) is `elements[column * columnStride + row * rowStride]`.
    init(
        _ elements: UnsafePointer<Float>, rows: Int, columns: Int, columnStride: Int, rowStride: Int,
        kernels: KernelSet = Execution.current.kernels
    ) {
        self.init(rows: rows, columns: columns, kernels: kernels)
        kernels.table.pointee.pack_f32(pointer(mutating: storage), elements, columns, rows, columnStride, rowStride)
    }

    /// Packs the transpose of weight matrices `[columns_i, rows]` that stand above each other, converting to float32.
    ///
    /// Goes panel by panel, so that no float32 copy of a whole half-precision matrix ever exists.
    package init(transposing weights: [Tensor], kernels: KernelSet = Execution.current.kernels) {
        let rows = weights.first?.columns ?? 0
        precondition(weights.allSatisfy { $0.columns == rows }, "row blocks differ in width: \(weights.map(\.shape))")
        self.init(rows: rows, columns: weights.reduce(0) { $0 + $1.rows }, kernels: kernels)
        let panel = kernels.table.pointee.panel_width
        let destination = pointer(mutating: storage)
        let isWhole = weights.count == 1 || weights.dropLast().allSatisfy { $0.rows % panel == 0 }
        guard isWhole else {
            let stacked = Tensor.stacked(weights)
            withExtendedLifetime(stacked.storage) {
                kernels.table.pointee.pack_f32(destination, stacked.pointer, columns, rows, rows, 1)
            }
            return
        }
        var next = destination
        for weight in weights {
            for first in stride(from: 0, to: weight.rows, by: panel) {
                let block = weight.rowRange(first..<min(first + panel, weight.rows)).float32()
                withExtendedLifetime(block.storage) {
                    kernels.table.pointee.pack_f32(next, block.pointer, block.rows, rows, rows, 1)
                }
                next += panel * rows
            }
        }
    }

    private init(rows: Int, columns: Int, kernels: KernelSet) {
        self.rows = rows
        self.columns = columns
        self.kernels = kernels
        let panel = kernels.table.pointee.panel_width
        let panels = (columns + panel - 1) / panel
        storage = Storage(uninitializedByteCount: panels * panel * rows * MemoryLayout<Float>.stride)
    }

    /// The number of panels.
    var panelCount: Int {
        let panel = kernels.table.pointee.panel_width
        return (columns + panel - 1) / panel
    }
}

private func pointer(mutating storage: Storage) -> UnsafeMutablePointer<Float> {
    storage.mutableBytes.baseAddress!.assumingMemoryBound(to: Float.self)
}
