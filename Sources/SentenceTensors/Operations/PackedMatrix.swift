// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// The right operand of a matrix product, in the order and the type in which one product of one level reads it.
///
/// `@unchecked Sendable`: the product is a constant of the program's image, and nothing writes the storage once it is
/// packed.
package struct PackedMatrix: @unchecked Sendable {
    /// Rows of the operand, `k` of a product `[m, k] · [k, n]`.
    package let rows: Int
    /// Columns of the operand, `n`.
    package let columns: Int
    let product: UnsafePointer<sk_product>
    let storage: Storage
    /// What the columns of the left operand are multiplied with before they are rounded, `[rows]`, if anything.
    let inputScale: Tensor?

    /// Packs a matrix whose element (row, column) is `elements[column * columnStride + row * rowStride]`, in float32.
    init(
        _ elements: UnsafePointer<Float>, rows: Int, columns: Int, columnStride: Int, rowStride: Int,
        kernels: KernelSet = Execution.current.kernels
    ) {
        self.init(rows: rows, columns: columns, kernels.table.pointee.f32, inputScale: nil)
        product.pointee.pack(address(0), elements, nil, columns, rows, columnStride, rowStride)
    }

    /// Packs the transpose of weight matrices `[columns_i, rows]` that stand above each other, in the precision of the
    /// current execution.
    ///
    /// Goes panel by panel, so that no float32 copy of a whole half-precision matrix ever exists. `inputRange` is the
    /// magnitude that each column of the left operand is expected to reach, `[rows]`, which 8-bit products balance with
    /// the weights' magnitude.
    package init(transposing weights: [Tensor], inputRange: Tensor? = nil) {
        let execution = Execution.current
        let rows = weights.first?.columns ?? 0
        precondition(weights.allSatisfy { $0.columns == rows }, "row blocks differ in width: \(weights.map(\.shape))")
        let balance = execution.precision == .int8 ? inputRange.map { InputBalance($0, weights) } : nil
        let product = execution.precision.entry(execution.kernels.table.pointee.products)
        self.init(rows: rows, columns: weights.reduce(0) { $0 + $1.rows }, product, inputScale: balance?.inputScale)
        let panel = product.pointee.panel_width
        let isWhole = weights.dropLast().allSatisfy { $0.rows % panel == 0 }
        var next = 0
        for weight in isWhole ? weights : [Tensor.stacked(weights)] {
            for first in stride(from: 0, to: weight.rows, by: panel) {
                let block = weight.rowRange(first..<min(first + panel, weight.rows)).float32()
                withExtendedLifetime((block.storage, balance?.weightScale.storage)) {
                    product.pointee.pack(
                        address(next), block.pointer, balance?.weightScale.pointer, block.rows, rows, rows, 1)
                }
                next += 1
            }
        }
    }

    private init(rows: Int, columns: Int, _ product: UnsafePointer<sk_product>, inputScale: Tensor?) {
        self.rows = rows
        self.columns = columns
        self.product = product
        self.inputScale = inputScale
        let panels = (columns + product.pointee.panel_width - 1) / product.pointee.panel_width
        storage = Storage(uninitializedByteCount: panels * product.pointee.panel_size(rows))
    }

    private func address(_ panel: Int) -> UnsafeMutableRawPointer {
        storage.mutableBytes.baseAddress! + panel * product.pointee.panel_size(rows)
    }

    /// The number of panels.
    var panelCount: Int { (columns + product.pointee.panel_width - 1) / product.pointee.panel_width }
}

/// Factors that make the columns of an input and of its weights equally hard to round.
///
/// Input column j is divided by sqrt(input magnitude / weight magnitude), and the weights are multiplied with it.
///
/// Xiao et al., *SmoothQuant*, 2023, <https://arxiv.org/abs/2211.10438>; the magnitudes of the input come from the norm
/// before it, as in Nagel et al., *Data-Free Quantization*, 2019, <https://arxiv.org/abs/1906.04721>.
private struct InputBalance {
    /// `[rows]`.
    let inputScale: Tensor
    /// `[rows]`, the reciprocals.
    let weightScale: Tensor

    init(_ inputRange: Tensor, _ weights: [Tensor]) {
        var largest = [Float](repeating: 0, count: inputRange.count)
        for weight in weights {
            for (index, element) in weight.float32().floats.enumerated() {
                largest[index % largest.count] = max(largest[index % largest.count], abs(element))
            }
        }
        let scale = zip(inputRange.floats, largest).map { range, weight in
            range > 0 && weight > 0 && range.isFinite && weight.isFinite ? (range / weight).squareRoot() : 1
        }
        weightScale = Tensor(scale, shape: inputRange.shape)
        inputScale = Tensor(scale.map { 1 / $0 }, shape: inputRange.shape)
    }
}
