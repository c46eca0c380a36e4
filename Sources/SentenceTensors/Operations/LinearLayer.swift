// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// activation(x Wᵀ + b) + residual, with W and b held as row blocks that are multiplied at once.
///
/// Query, key and value are three blocks of one layer, so their product is one call.
package struct LinearLayer: Sendable {
    /// Row blocks of W, each `[outputs_i, inputs]`.
    package let weights: [Parameter]
    /// The blocks of b, each `[outputs_i]`, nil for a block without; none of a layer without bias.
    package let biases: [Parameter?]
    /// Columns of the input.
    package let inputSize: Int
    /// Columns of the output.
    package let outputSize: Int
    /// All blocks as one matrix.
    let packed: PackedMatrix
    let bias: Tensor?

    /// Packs the weights for the kernels and the precision of the current execution.
    ///
    /// - Parameters:
    ///   - weights: Row blocks of W, each `[outputs_i, inputs]`.
    ///   - biases: The blocks of b, each `[outputs_i]`, nil for a block without; or none.
    package init(weights: [Parameter], biases: [Parameter?] = []) {
        precondition(biases.isEmpty || biases.count == weights.count, "every block has a bias or none has")
        let biases = biases.contains { $0 != nil } ? biases : []
        self.weights = weights
        self.biases = biases
        let tensors = weights.map(\.tensor)
        inputSize = tensors.first?.columns ?? 0
        outputSize = tensors.reduce(0) { $0 + $1.rows }
        packed = PackedMatrix(transposing: tensors)
        bias =
            biases.isEmpty
            ? nil
            : Tensor.stacked(zip(biases, tensors).map { $0?.tensor.reshaped([$1.rows, 1]) ?? .zeros([$1.rows, 1]) })
    }

    /// - Parameters:
    ///   - x: `[rows, inputSize]`.
    ///   - activation: Applied to the product and its bias.
    ///   - residual: `[rows, outputSize]`, added behind the activation.
    /// - Returns: `[rows, outputSize]`.
    package func callAsFunction(
        _ x: Tensor, activation: Activation = .identity, residual: Tensor? = nil
    ) -> Tensor {
        precondition(x.columns == inputSize, "the layer takes \(inputSize) columns, found \(x.shape)")
        let recordsGradients = Execution.current.recordsGradients
        if activation.isRare || recordsGradients && activation != .identity {
            let y = self(x).activated(activation)
            return residual.map { y + $0 } ?? y
        }
        if recordsGradients { return recordedProduct(x, residual: residual) }
        return product(x, activation: activation, residual: residual)
    }

    private func product(_ x: Tensor, activation: Activation, residual: Tensor?) -> Tensor {
        Tensor(shape: [x.rows, outputSize]) { out in
            withExtendedLifetime((x.storage, bias?.storage, residual?.storage)) {
                MatrixProduct(
                    x.pointer, rowStride: inputSize, rows: x.rows, packed, into: out.baseAddress!, stride: outputSize
                )
                .finishing(bias: bias?.pointer, activation: activation, residual: residual?.pointer)()
            }
        }
    }

    private func recordedProduct(_ x: Tensor, residual: Tensor?) -> Tensor {
        let inputs = [x.node, residual?.node] + weights.map(\.node) + biases.map { $0?.node }
        let (weights, biases) = (weights.map(\.tensor), biases)
        let x = x.detached
        return product(x, activation: .identity, residual: residual).recorded(from: inputs) { dY in
            let widths = weights.map(\.rows)
            return [inputs[0] == nil ? nil : Self.inputGradient(dY, weights), inputs[1] == nil ? nil : dY]
                + Self.weightGradients(dY, x, widths) + (biases.isEmpty ? [] : Self.columnSums(dY, widths))
        }
    }

    /// dX = dY W, summed over the blocks.
    private static func inputGradient(_ dY: Tensor, _ weights: [Tensor]) -> Tensor {
        let inputSize = weights[0].columns
        return Tensor(shape: [dY.rows, inputSize]) { out in
            var first = 0
            for weight in weights.map({ $0.float32() }) {
                withExtendedLifetime((dY.storage, weight.storage)) {
                    let w = PackedMatrix(
                        weight.pointer, rows: weight.rows, columns: inputSize, columnStride: 1, rowStride: inputSize)
                    MatrixProduct(
                        dY.pointer + first, rowStride: dY.columns, rows: dY.rows, w, into: out.baseAddress!,
                        stride: inputSize
                    ).accumulating(first > 0)()
                }
                first += weight.rows
            }
        }
    }

    /// dW = dYᵀ X for each block.
    private static func weightGradients(_ dY: Tensor, _ x: Tensor, _ widths: [Int]) -> [Tensor?] {
        withExtendedLifetime((dY.storage, x.storage)) {
            let packed = PackedMatrix(
                x.pointer, rows: x.rows, columns: x.columns, columnStride: 1, rowStride: x.columns)
            return starts(widths).map { first, width in
                Tensor(shape: [width, x.columns]) { out in
                    MatrixProduct(
                        dY.pointer + first, rowStride: 1, columnStride: dY.columns, rows: width, packed,
                        into: out.baseAddress!, stride: x.columns)()
                }
            }
        }
    }

    /// db = the sums of the columns of dY, for each block.
    private static func columnSums(_ dY: Tensor, _ widths: [Int]) -> [Tensor?] {
        let sums = dY.columnSums()
        return starts(widths).map { first, width in sums.elements(first..<first + width) }
    }

    /// Where each block begins, and its width.
    private static func starts(_ widths: [Int]) -> [(first: Int, width: Int)] {
        var first = 0
        return widths.map { width in
            defer { first += width }
            return (first, width)
        }
    }
}
