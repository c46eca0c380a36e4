// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// How the rows of a text become one row.
package enum RowReduction: Sendable {
    /// The largest number in each column; -infinity if there are no rows.
    case maximum
    /// The sum of the weights of all numbers; 0 if there are no rows.
    case sum(of: Saturation)
}

extension LinearLayer {
    /// The layer's output reduced over the rows of each text; the full output is never in memory as a whole.
    ///
    /// The product is computed in tiles of some columns that fit in the cache, and each is reduced there. The backward
    /// pass computes it again, text by text, and requires a layer of one block.
    /// - Parameters:
    ///   - x: `[rows, inputSize]`.
    ///   - texts: Where the rows of each text begin.
    ///   - reduction: How the rows of a text become one.
    /// - Returns: `[texts, outputSize]`.
    package func reduced(_ x: Tensor, over texts: TextOffsets, by reduction: RowReduction) -> Tensor {
        precondition(x.columns == inputSize, "the layer takes \(inputSize) columns, found \(x.shape)")
        precondition(x.rows == texts.totalTokens, "\(x.shape) has not the \(texts.totalTokens) rows of the texts")
        let reduced = Tensor(shape: [texts.count, outputSize]) { out in
            withExtendedLifetime((x.storage, bias?.storage)) {
                ReducedProduct(
                    x: x, matrix: packed, bias: bias?.pointer, texts: texts, reduction: reduction,
                    out: out.baseAddress!)()
            }
        }
        return reduced.recorded(from: [x.node, weights[0].node, biases.first??.node]) {
            [layer = self, x = x.detached] in
            layer.gradients($0, x, texts, reduction)
        }
    }

    /// The gradients of the rows, the weights and the bias.
    private func gradients(
        _ gradient: Tensor, _ x: Tensor, _ texts: TextOffsets, _ reduction: RowReduction
    ) -> [Tensor?] {
        precondition(weights.count == 1, "a reduced layer of \(weights.count) blocks has no gradient")
        switch reduction {
        case .maximum: return maximumGradients(gradient, x, texts)
        case .sum(let saturation):
            let numbers = callAsFunction(x).floats, slopes = gradient.floats
            let dY = Tensor(shape: [x.rows, outputSize]) { out in
                for text in 0..<texts.count {
                    for row in texts[text] {
                        for column in 0..<outputSize {
                            let place = row * outputSize + column
                            out[place] = slopes[text * outputSize + column] * saturation.slope(numbers[place])
                        }
                    }
                }
            }
            return [inputGradient(dY)] + parameterGradients(dY, x)
        }
    }

    /// The gradient of each maximum goes to the first row that has it; a column without a gradient costs nothing.
    private func maximumGradients(_ gradient: Tensor, _ x: Tensor, _ texts: TextOffsets) -> [Tensor?] {
        let kernels = Execution.current.kernels.table.pointee
        let weight = weights[0].tensor.float32()
        let found = Tensor.making(x.shape, [outputSize, inputSize], [outputSize]) { out in
            for sums in out { sums.initialize(repeating: 0) }
            withExtendedLifetime((gradient.storage, x.storage, weight.storage)) {
                for text in 0..<texts.count where !texts[text].isEmpty {
                    let numbers = callAsFunction(x.rowRange(texts[text]))
                    for column in 0..<outputSize {
                        let slope = gradient.pointer[text * outputSize + column]
                        guard slope != 0 else { continue }
                        let best = numbers.firstMaximum(ofColumn: column) + texts[text].lowerBound
                        let (row, words) = (best * inputSize, column * inputSize)
                        kernels.axpy_f32(out[0].baseAddress! + row, slope, weight.pointer + words, inputSize)
                        kernels.axpy_f32(out[1].baseAddress! + words, slope, x.pointer + row, inputSize)
                        out[2][column] += slope
                    }
                }
            }
        }
        return [found[0], found[1], biases.isEmpty ? nil : found[2]]
    }
}

extension Tensor {
    /// The first row that contains the largest element of a column.
    fileprivate func firstMaximum(ofColumn column: Int) -> Int {
        withExtendedLifetime(storage) {
            var best = 0
            for row in 1..<max(rows, 1) where pointer[row * columns + column] > pointer[best * columns + column] {
                best = row
            }
            return best
        }
    }
}

/// A product that is reduced tile by tile.
///
/// `@unchecked Sendable`: the addresses stay valid while it computes, and every part writes only its own columns.
private struct ReducedProduct: @unchecked Sendable {
    let x: Tensor
    let matrix: PackedMatrix
    let bias: UnsafePointer<Float>?
    let texts: TextOffsets
    let reduction: RowReduction
    let out: UnsafeMutablePointer<Float>

    /// The size of the packed panels that are multiplied with all rows before the next ones, so that they fit in the L2
    /// cache: the narrower their numbers, the more columns share the work of rounding the rows.
    private static let panelBytes = 384 << 10
    /// The number of elements of a tile, chosen so that it fits in the L2 cache beside the rows and the panels.
    private static let tileSize = 1 << 15

    /// The number of panels multiplied at a time.
    private var panelsOfTile: Int {
        max(1, Self.panelBytes / max(1, matrix.product.pointee.panel_size(matrix.rows)))
    }
    /// The number of rows multiplied at a time.
    private var rowBlock: Int {
        min(x.rows, max(16, Self.tileSize / (panelsOfTile * matrix.product.pointee.panel_width)))
    }

    func callAsFunction() {
        let panelsOfTile = panelsOfTile
        let tileBytes = rowBlock * panelsOfTile * matrix.product.pointee.panel_width * MemoryLayout<Float>.stride
        let kernels = Execution.current.kernels
        let whole = product(rows: 0..<x.rows, into: out, stride: matrix.columns)
        Parallel.forRanges(matrix.panelCount, grain: max(panelsOfTile, whole.grain)) { panels in
            BufferPool.shared.withBytes(tileBytes) { bytes in
                let tile = bytes.assumingMemoryBound(to: Float.self)
                for first in Swift.stride(from: panels.lowerBound, to: panels.upperBound, by: panelsOfTile) {
                    reduce(first..<min(first + panelsOfTile, panels.upperBound), tile, kernels.table.pointee)
                }
            }
        }
    }

    /// Computes some panels for all rows and reduces them.
    private func reduce(_ panels: Range<Int>, _ tile: UnsafeMutablePointer<Float>, _ kernels: sk_kernels) {
        let width = matrix.product.pointee.panel_width
        let columns = panels.lowerBound * width..<min(panels.upperBound * width, matrix.columns)
        let start: Float = if case .maximum = reduction { -.infinity } else { 0 }
        for text in 0..<texts.count {
            (out + text * matrix.columns + columns.lowerBound).update(repeating: start, count: columns.count)
        }
        var text = 0
        for first in Swift.stride(from: 0, to: x.rows, by: max(1, rowBlock)) {
            let rows = first..<min(first + rowBlock, x.rows)
            // The product writes to absolute columns.
            product(rows: rows, into: tile - columns.lowerBound, stride: columns.count)(panels: panels)
            for row in rows {
                while row >= texts[text].upperBound { text += 1 }
                let target = out + text * matrix.columns + columns.lowerBound
                let source = tile + (row - first) * columns.count
                switch reduction {
                case .maximum: kernels.maximum_f32(target, source, columns.count)
                case .sum(let weight): for column in 0..<columns.count { target[column] += weight(source[column]) }
                }
            }
        }
    }

    private func product(rows: Range<Int>, into c: UnsafeMutablePointer<Float>, stride: Int) -> MatrixProduct {
        MatrixProduct(
            x.pointer + rows.lowerBound * x.columns, rowStride: x.columns, rows: rows.count, matrix, into: c,
            stride: stride
        ).finishing(bias: bias, activation: .identity, residual: nil)
    }
}
