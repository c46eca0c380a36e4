// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// One matrix product in the form that the kernels take.
struct MatrixProduct {
    private var arguments: sk_gemm
    private let b: PackedMatrix
    private var panels: Range<Int>

    /// C `[m, n]` = A `[m, k]` · B, where A's element (i, p) is at `a[i * rowStride + p * columnStride]`.
    init(
        _ a: UnsafePointer<Float>, rowStride: Int, columnStride: Int = 1, rows: Int, _ b: PackedMatrix,
        into c: UnsafeMutablePointer<Float>, stride: Int
    ) {
        self.b = b
        panels = 0..<b.panelCount
        arguments = sk_gemm(
            a: a, a_row_stride: rowStride, a_column_stride: columnStride, b: b.storage.bytes.baseAddress!, bias: nil,
            residual: nil, residual_stride: 0, c: c, c_stride: stride,
            m: rows, n: b.columns, k: b.rows, first_panel: 0, last_panel: 0, activation: SK_ACTIVATION_IDENTITY,
            accumulate: false, scratch: nil)
    }

    /// Adds a bias `[n]`, then applies an activation, then adds a residual `[m, n]` with the stride of the result.
    func finishing(
        bias: UnsafePointer<Float>?, activation: Activation, residual: UnsafePointer<Float>?
    ) -> MatrixProduct {
        var product = self
        product.arguments.bias = bias
        precondition(!activation.isRare, "\(activation) is no part of a product")
        product.arguments.activation = activation.kernel
        product.arguments.residual = residual
        product.arguments.residual_stride = product.arguments.c_stride
        return product
    }

    /// Computes only some columns, which begin and end with a panel; C still begins where its first column would.
    func columns(_ columns: Range<Int>) -> MatrixProduct {
        let width = b.product.pointee.panel_width
        precondition(
            columns.lowerBound % width == 0 && (columns.upperBound % width == 0 || columns.upperBound == b.columns),
            "columns \(columns) are not whole panels of \(width)")
        var product = self
        product.panels = columns.lowerBound / width..<(columns.upperBound + width - 1) / width
        return product
    }

    /// Adds to C instead of overwriting it.
    func accumulating(_ accumulate: Bool = true) -> MatrixProduct {
        var product = self
        product.arguments.accumulate = accumulate
        return product
    }

    /// Computes the product; a large one is divided over the threads, by rows if there are many.
    func callAsFunction() {
        // The addresses in it stay valid until all parts are done.
        nonisolated(unsafe) let product = self
        let panels = panels
        // Rows are prepared once for all panels, so a thread should have rows of its own.
        if arguments.m >= Self.rowGrain * Execution.current.threads {
            let rowWork = 2 * arguments.k * panels.count * b.product.pointee.panel_width
            Parallel.forRanges(arguments.m, grain: max(Self.rowGrain, Self.smallestPart / max(1, rowWork))) {
                product(rows: $0, panels: panels)
            }
        } else {
            Parallel.forRanges(panels.count, grain: grain) {
                product(panels: panels.lowerBound + $0.lowerBound..<panels.lowerBound + $0.upperBound)
            }
        }
    }

    /// The amount of work below which handing it to another thread costs more than it saves.
    private static let smallestPart = 1 << 20

    /// The number of rows from which on a thread multiplies them with all panels.
    private static let rowGrain = 144

    /// The smallest number of panels for which another thread pays off.
    var grain: Int {
        max(1, Self.smallestPart / max(1, 2 * arguments.m * arguments.k * b.product.pointee.panel_width))
    }

    /// Computes some panels of the product on this thread.
    func callAsFunction(panels: Range<Int>) { self(rows: 0..<arguments.m, panels: panels) }

    /// Computes some panels of some rows on this thread.
    private func callAsFunction(rows: Range<Int>, panels: Range<Int>) {
        let product = b.product.pointee
        var part = arguments
        part.a += rows.lowerBound * part.a_row_stride
        part.c += rows.lowerBound * part.c_stride
        part.residual = part.residual.map { $0 + rows.lowerBound * part.residual_stride }
        part.m = rows.count
        part.first_panel = panels.lowerBound
        part.last_panel = panels.upperBound
        let scratchSize = product.scratch_size(&part)
        withExtendedLifetime(b.storage) {
            guard scratchSize > 0 else { return product.multiply(&part) }
            BufferPool.shared.withBytes(scratchSize) { scratch in
                part.scratch = scratch
                product.multiply(&part)
            }
        }
    }
}
