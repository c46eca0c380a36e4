// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// The right operand of a matrix product, in the order and type that one product of one kernel level reads.
///
/// `@unchecked Sendable`: the product is a constant of the program's image, and nothing writes to the storage once it
/// is packed.
package struct PackedMatrix: @unchecked Sendable {
    /// The number of rows, `k` of a product `[m, k] · [k, n]`.
    package let rows: Int
    /// The number of columns, `n`.
    package let columns: Int
    let product: UnsafePointer<sk_product>
    let storage: Storage

    /// After packing so many numbers, the pages that they were read from are given back to the system.
    private static let discardedCount = 1 << 18

    /// Packs a matrix whose element (row, column) is `elements[column * columnStride + row * rowStride]`, in float32 or bfloat16.
    ///
    /// `product` multiplies it, not in 8 bits; multiply-adds if nil. For a product or two: its memory is soon needed again.
    init(
        _ elements: UnsafePointer<Float>, rows: Int, columns: Int, columnStride: Int, rowStride: Int,
        _ product: UnsafePointer<sk_product>? = nil
    ) {
        self.init(rows: rows, columns: columns, product ?? Execution.current.kernels.table.pointee.f32) {
            Storage(uninitializedByteCount: $0)
        }
        let packed = self, width = self.product.pointee.panel_width
        // Every range writes its own panels.
        nonisolated(unsafe) let elements = elements
        Parallel.forRanges(panelCount, grain: max(1, Self.packingGrain / max(1, width * rows))) { panels in
            let first = panels.lowerBound * width
            packed.product.pointee.pack(
                packed.address(panels.lowerBound), elements + first * columnStride, nil,
                min(columns, panels.upperBound * width) - first, rows, columnStride, rowStride)
        }
    }

    /// How many numbers one thread packs at least.
    private static let packingGrain = 1 << 17

    /// Packs the transpose of weight matrices `[columns_i, rows]`, stacked on top of each other, in the precision of
    /// the current execution.
    ///
    /// Goes panel by panel, so that a half-precision matrix is never held as a whole float32 copy, and gives back the
    /// pages of mapped matrices on the way, so that they are not in memory twice.
    /// - Parameter weights: The matrices.
    package init(transposing weights: [Tensor]) {
        let execution = Execution.current
        let rows = weights.first?.columns ?? 0
        precondition(weights.allSatisfy { $0.columns == rows }, "row blocks differ in width: \(weights.map(\.shape))")
        let product = execution.precision.entry(execution.kernels.table.pointee.products)
        self.init(rows: rows, columns: weights.reduce(0) { $0 + $1.rows }, product) { Storage(weightByteCount: $0) }
        let panel = product.pointee.panel_width
        let isWhole = weights.dropLast().allSatisfy { $0.rows % panel == 0 }
        var next = 0
        var scratch = [Float](repeating: 0, count: execution.precision == .int8 ? rows : 0)
        for weight in isWhole ? weights : [Tensor.stacked(weights)] {
            var packed = 0
            for first in stride(from: 0, to: weight.rows, by: panel) {
                let last = min(first + panel, weight.rows)
                let block = weight.rowRange(first..<last).float32()
                withExtendedLifetime(block.storage) {
                    product.pointee.pack(address(next), block.pointer, &scratch, block.rows, rows, rows, 1)
                }
                next += 1
                if (last - packed) * rows >= Self.discardedCount {
                    weight.rowRange(packed..<last).discardPages()
                    packed = last
                }
            }
        }
        for weight in weights { weight.discardPages() }
    }

    private init(
        rows: Int, columns: Int, _ product: UnsafePointer<sk_product>, _ makeStorage: (Int) -> Storage
    ) {
        self.rows = rows
        self.columns = columns
        self.product = product
        let panels = (columns + product.pointee.panel_width - 1) / product.pointee.panel_width
        storage = makeStorage(panels * product.pointee.panel_size(rows))
    }

    /// Whether columns can be read back exactly.
    var isReadable: Bool { product.pointee.unpack != nil }

    /// Writes column `index` as it was packed, `[rows]`.
    ///
    /// The matrix must be readable.
    func readColumn(_ index: Int, into out: UnsafeMutablePointer<Float>) {
        product.pointee.unpack!(out, storage.bytes.baseAddress!, index, rows)
    }

    private func address(_ panel: Int) -> UnsafeMutableRawPointer {
        storage.mutableBytes.baseAddress! + panel * product.pointee.panel_size(rows)
    }

    /// The number of panels.
    var panelCount: Int { (columns + product.pointee.panel_width - 1) / product.pointee.panel_width }
}
