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

extension Tensor {
    /// Rows of a matrix, as a view.
    package func rowRange(_ range: Range<Int>) -> Tensor {
        Tensor(
            storage: storage, byteOffset: byteOffset + range.lowerBound * columns * elementType.byteCount,
            shape: [range.count, columns], elementType: elementType)
    }

    /// Matrices of one width above each other, as float32.
    static func stacked(_ parts: [Tensor]) -> Tensor {
        let rows = parts.reduce(0) { $0 + $1.rows }
        return Tensor(shape: [rows, parts.first?.columns ?? 0]) { out in
            var next = out[...]
            for part in parts { next = next[next.update(fromContentsOf: part.float32().floats)...] }
        }
    }
}

/// One matrix product as the kernels see it.
struct MatrixProduct {
    private var arguments: sk_gemm_f32
    private let b: PackedMatrix

    /// C `[m, n]` = A `[m, k]` · B, with A's element (i, p) at `a[i * rowStride + p * columnStride]`.
    init(
        _ a: UnsafePointer<Float>, rowStride: Int, columnStride: Int = 1, rows: Int, _ b: PackedMatrix,
        into c: UnsafeMutablePointer<Float>, stride: Int
    ) {
        self.b = b
        arguments = sk_gemm_f32(
            a: a, a_row_stride: rowStride, a_column_stride: columnStride,
            b: UnsafePointer(b.storage.bytes.baseAddress!.assumingMemoryBound(to: Float.self)),
            bias: nil, residual: nil, residual_stride: 0, c: c, c_stride: stride, m: rows, n: b.columns, k: b.rows,
            first_panel: 0, last_panel: 0, activation: SK_ACTIVATION_IDENTITY, accumulate: false)
    }

    /// Adds a bias `[n]` and a residual `[m, n]`, with an activation between them.
    func finishing(
        bias: UnsafePointer<Float>?, activation: Activation, residual: UnsafePointer<Float>?
    ) -> MatrixProduct {
        var product = self
        product.arguments.bias = bias
        product.arguments.activation = activation.kernel
        product.arguments.residual = residual
        product.arguments.residual_stride = b.columns
        return product
    }

    /// Adds to C instead of overwriting it.
    func accumulating(_ accumulate: Bool = true) -> MatrixProduct {
        var product = self
        product.arguments.accumulate = accumulate
        return product
    }

    /// Computes the product, its panels divided over the threads where it is large enough.
    func callAsFunction() {
        /// A panel's work below which handing it to another thread costs more than it saves.
        let smallestPart = 1 << 20
        let panel = b.kernels.table.pointee.panel_width
        let grain = max(1, smallestPart / max(1, 2 * arguments.m * arguments.k * panel))
        // The arguments hold addresses, which the caller keeps valid until all parts are done.
        nonisolated(unsafe) let arguments = arguments
        let kernels = b.kernels
        Parallel.forRanges(b.panelCount, grain: grain) { panels in
            var part = arguments
            part.first_panel = panels.lowerBound
            part.last_panel = panels.upperBound
            kernels.table.pointee.gemm_f32(&part)
        }
        withExtendedLifetime(b.storage) {}
    }
}
