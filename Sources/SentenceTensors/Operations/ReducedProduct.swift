// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// How the rows of a text become one row.
package enum RowReduction: Sendable, Equatable {
    /// The largest number in each column; -infinity if there are no rows.
    case maximum
    /// The sum of the weights of all numbers; 0 if there are no rows.
    case sum(of: Saturation)
}

extension LinearLayer {
    /// The layer's output reduced over the rows of each text; the full output is never in memory as a whole.
    ///
    /// The product is computed in tiles of some columns that fit in the cache, and each is reduced there. While gradients are
    /// recorded, a maximum keeps the row that it came from, so that nothing is computed twice; a sum is computed again in the
    /// backward pass. Both require a layer of one block then.
    /// - Parameters:
    ///   - x: `[rows, inputSize]`.
    ///   - texts: Where the rows of each text begin.
    ///   - reduction: How the rows of a text become one.
    /// - Returns: `[texts, outputSize]`.
    package func reduced(_ x: Tensor, over texts: TextOffsets, by reduction: RowReduction) -> Tensor {
        precondition(x.columns == inputSize, "the layer takes \(inputSize) columns, found \(x.shape)")
        precondition(x.rows == texts.totalTokens, "\(x.shape) has not the \(texts.totalTokens) rows of the texts")
        let inputs = [x.node, weights[0].node, biases.first??.node]
        let isRecorded = inputs.contains { $0 != nil }
        precondition(!isRecorded || weights.count == 1, "a reduced layer of \(weights.count) blocks has no gradient")
        let best = isRecorded && reduction == .maximum ? BestRows(count: texts.count * outputSize) : nil
        let reduced = Tensor(shape: [texts.count, outputSize]) { out in
            withExtendedLifetime((x.storage, bias?.storage, best?.storage)) {
                ReducedProduct(
                    x: x, matrix: packed, bias: bias?.pointer, texts: texts, reduction: reduction,
                    out: out.baseAddress!, bestRows: best?.pointer)()
            }
        }
        return reduced.recorded(from: inputs) { [layer = self, x = x.detached] slopes in
            if let best { return layer.maximumGradients(slopes, x, texts, best, inputs) }
            return layer.sumGradients(slopes, x, texts, reduction)
        }
    }

    /// The gradients of the rows, the weights and the bias, of sums.
    private func sumGradients(
        _ gradient: Tensor, _ x: Tensor, _ texts: TextOffsets, _ reduction: RowReduction
    ) -> [Tensor?] {
        guard case .sum(let saturation) = reduction else { preconditionFailure("a maximum keeps its rows") }
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

    /// The gradients of the rows, the weights and the bias, of maxima: each goes to the row that has it, and a column without
    /// a gradient costs nothing.
    private func maximumGradients(
        _ gradient: Tensor, _ x: Tensor, _ texts: TextOffsets, _ best: BestRows, _ inputs: [GradientNode?]
    ) -> [Tensor?] {
        let needsWeights = inputs[1] != nil || inputs[2] != nil
        return [
            inputs[0] == nil ? nil : maximumInputGradient(gradient, x, texts, best)
        ] + (needsWeights ? maximumParameterGradients(gradient, x, texts, best) : [nil, nil])
    }

    /// The gradient of the rows: every text has its own.
    private func maximumInputGradient(
        _ gradient: Tensor, _ x: Tensor, _ texts: TextOffsets, _ best: BestRows
    ) -> Tensor {
        let kernels = Execution.current.kernels, weight = weights[0].tensor.float32()
        let (inputSize, outputSize) = (inputSize, outputSize)
        return Tensor(shape: x.shape) { out in
            out.initialize(repeating: 0)
            withExtendedLifetime((gradient.storage, weight.storage, best.storage)) {
                // Every range writes the rows of its own texts.
                nonisolated(unsafe) let (out, slopes, words, rows) = (
                    out.baseAddress!, gradient.pointer, weight.pointer, best.pointer
                )
                Parallel.forRanges(texts.count, grain: 1) { range in
                    // Some words stay in the cache while one text after another uses them.
                    for first in stride(from: 0, to: outputSize, by: Self.wordsAtOnce) {
                        let last = min(first + Self.wordsAtOnce, outputSize)
                        for text in range where !texts[text].isEmpty {
                            for place in text * outputSize + first..<text * outputSize + last where slopes[place] != 0 {
                                kernels.table.pointee.axpy_f32(
                                    out + Int(rows[place]) * inputSize, slopes[place],
                                    words + (place - text * outputSize) * inputSize, inputSize)
                            }
                        }
                    }
                }
            }
        }
    }

    /// The gradients of the weights and of the bias: every word has its own.
    private func maximumParameterGradients(
        _ gradient: Tensor, _ x: Tensor, _ texts: TextOffsets, _ best: BestRows
    ) -> [Tensor?] {
        let kernels = Execution.current.kernels
        let (inputSize, outputSize) = (inputSize, outputSize)
        let found = Tensor.making([outputSize, inputSize], [outputSize]) { out in
            for sums in out { sums.initialize(repeating: 0) }
            withExtendedLifetime((gradient.storage, x.storage, best.storage)) {
                // Every range writes the rows of its own words.
                nonisolated(unsafe) let (weights, biases) = (out[0].baseAddress!, out[1].baseAddress!)
                nonisolated(unsafe) let (slopes, x, rows) = (gradient.pointer, x.pointer, best.pointer)
                Parallel.forRanges(outputSize, grain: Self.wordsAtOnce) { range in
                    for word in range {
                        for text in 0..<texts.count where !texts[text].isEmpty {
                            let place = text * outputSize + word, slope = slopes[place]
                            guard slope != 0 else { continue }
                            kernels.table.pointee.axpy_f32(
                                weights + word * inputSize, slope, x + Int(rows[place]) * inputSize, inputSize)
                            biases[word] += slope
                        }
                    }
                }
            }
        }
        return [found[0], biases.isEmpty ? nil : found[1]]
    }

    /// The words whose vectors fit in the L2 cache.
    private static let wordsAtOnce = 256
}

/// For each text and column the row whose number is the largest, the first one of equals.
private struct BestRows {
    let storage: Storage

    init(count: Int) { storage = Storage(uninitializedByteCount: count * MemoryLayout<Int32>.stride) }

    var pointer: UnsafeMutablePointer<Int32> { storage.mutableBytes.bindMemory(to: Int32.self).baseAddress! }
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
    /// For each text and column the row of the maximum, if that is kept.
    let bestRows: UnsafeMutablePointer<Int32>?

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
            // Where no number is larger than -infinity, the first row counts.
            (bestRows.map { $0 + text * matrix.columns + columns.lowerBound })?.update(
                repeating: Int32(truncatingIfNeeded: texts[text].lowerBound), count: columns.count)
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
                case .maximum:
                    guard let bestRows else {
                        kernels.maximum_f32(target, source, columns.count)
                        continue
                    }
                    keepMaximum(
                        source, row, in: target, bestRows + text * matrix.columns + columns.lowerBound, columns.count)
                case .sum(let weight): for column in 0..<columns.count { target[column] += weight(source[column]) }
                }
            }
        }
    }

    /// Takes larger numbers of a row, and where they came from.
    private func keepMaximum(
        _ source: UnsafePointer<Float>, _ row: Int, in target: UnsafeMutablePointer<Float>,
        _ best: UnsafeMutablePointer<Int32>, _ count: Int
    ) {
        let row = Int32(truncatingIfNeeded: row)
        for column in 0..<count {
            let isLarger = source[column] > target[column]
            target[column] = isLarger ? source[column] : target[column]
            best[column] = isLarger ? row : best[column]
        }
    }

    private func product(rows: Range<Int>, into c: UnsafeMutablePointer<Float>, stride: Int) -> MatrixProduct {
        MatrixProduct(
            x.pointer + rows.lowerBound * x.columns, rowStride: x.columns, rows: rows.count, matrix, into: c,
            stride: stride
        ).finishing(bias: bias, activation: .identity, residual: nil)
    }
}
