// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// activation(x Wᵀ + b) + residual, with W and b stored as row blocks that are multiplied together.
///
/// Query, key and value are three blocks of one layer, so their product is one call.
package struct LinearLayer: Sendable, Trainable {
    /// Row blocks of W, each `[outputs_i, inputs]`.
    package private(set) var weights: [Parameter]
    /// The blocks of b, each `[outputs_i]`, nil for a block without bias; empty if no block has one.
    package private(set) var biases: [Parameter?]
    /// What is added to the products with single blocks, nil for a block without; empty if there are none.
    private var adapters: [LowRankAdapter?] = []
    private let order: WeightOrder
    /// The number of input columns.
    package let inputSize: Int
    /// The number of output columns.
    package let outputSize: Int
    /// All blocks packed as one matrix.
    private(set) var packed: PackedMatrix
    private(set) var bias: Tensor?

    /// How the elements of a weight are ordered in memory.
    package enum WeightOrder: Sendable {
        /// Row by row, `[outputs, inputs]`.
        case rows
        /// As a convolution's `[outputs, size, taps]`; in the matrix, a row has all inputs of a tap, then of the next.
        case convolution

        /// The weight as `[outputs, inputs]`.
        fileprivate func matrix(_ weight: Tensor) -> Tensor {
            guard self == .convolution else { return weight }
            let shape = weight.shape
            return weight.float32().transposingLastTwo().reshaped([shape[0], shape[1] * shape[2]])
        }

        /// The gradient of the weight in its own shape, from the gradient of the matrix.
        fileprivate func gradient(_ matrix: Tensor, shape: [Int]) -> Tensor {
            self == .rows ? matrix : matrix.reshaped([shape[0], shape[2], shape[1]]).transposingLastTwo()
        }
    }

    /// Packs the weights for the kernels and the precision of the current execution.
    ///
    /// - Parameters:
    ///   - weights: Row blocks of W, each `[outputs_i, inputs]`.
    ///   - biases: The blocks of b, each `[outputs_i]`, nil for a block without bias; empty if no block has one.
    ///   - order: How the elements of the weights are ordered in memory.
    package init(weights: [Parameter], biases: [Parameter?] = [], order: WeightOrder = .rows) {
        precondition(biases.isEmpty || biases.count == weights.count, "every block has a bias or none has")
        let biases = biases.contains { $0 != nil } ? biases : []
        self.weights = weights
        self.biases = biases
        self.order = order
        let matrices = weights.map { order.matrix($0.tensor) }
        inputSize = matrices.first?.columns ?? 0
        outputSize = matrices.reduce(0) { $0 + $1.rows }
        packed = PackedMatrix(transposing: matrices)
        bias = Self.joined(biases, matrices)
    }

    /// The blocks of the bias joined, with zeros for a block without one.
    private static func joined(_ biases: [Parameter?], _ matrices: [Tensor]) -> Tensor? {
        guard !biases.isEmpty else { return nil }
        return .stacked(zip(biases, matrices).map { $0?.tensor.reshaped([$1.rows, 1]) ?? .zeros([$1.rows, 1]) })
    }

    /// Takes new values, and packs the weights again if they change.
    package mutating func update(_ values: ParameterValues) {
        let changesWeights = values.change(weights)
        weights.update(values)
        biases.update(values)
        let matrices = weights.map { order.matrix($0.tensor) }
        if changesWeights { packed = PackedMatrix(transposing: matrices) }
        bias = Self.joined(biases, matrices)
    }

    /// Takes the adapters of its blocks, instead of those that it has.
    package mutating func adapt(_ set: AdapterSet) {
        let found = weights.map { set[$0] }
        adapters = found.contains { $0 != nil } ? found : []
    }

    /// The layer's output.
    ///
    /// - Parameters:
    ///   - x: `[rows, inputSize]`.
    ///   - activation: Applied after the product and the bias.
    ///   - residual: `[rows, outputSize]`, added after the activation.
    /// - Returns: `[rows, outputSize]`.
    package func callAsFunction(
        _ x: Tensor, activation: Activation = .identity, residual: Tensor? = nil
    ) -> Tensor {
        precondition(x.columns == inputSize, "the layer takes \(inputSize) columns, found \(x.shape)")
        guard adapters.isEmpty else { return adapted(x, activation, residual) }
        let recordsGradients = Execution.current.recordsGradients
        if activation.isRare || recordsGradients && activation != .identity {
            let y = self(x).activated(activation)
            return residual.map { y + $0 } ?? y
        }
        if recordsGradients { return recordedProduct(x, residual: residual) }
        return product(x, activation: activation, residual: residual)
    }

    /// The output with what the adapters add, before the activation.
    private func adapted(_ x: Tensor, _ activation: Activation, _ residual: Tensor?) -> Tensor {
        var plain = self
        plain.adapters = []
        let starts = Self.starts(weights.map { $0.tensor.rows })
        let changes = zip(starts, adapters).compactMap { start, adapter in
            adapter.map { (firstColumn: start.first, values: $0(x)) }
        }
        guard activation != .identity else { return plain(x, residual: residual).adding(columns: changes) }
        let y = plain(x).adding(columns: changes).activated(activation)
        return residual.map { y + $0 } ?? y
    }

    /// Whether the columns before and after a column of the output can be computed apart.
    package func isDivisible(at column: Int) -> Bool {
        adapters.isEmpty && column % packed.product.pointee.panel_width == 0
    }

    /// Some columns of the layer's output, with the bits that they have in the whole; has no gradient.
    ///
    /// - Parameters:
    ///   - x: `[rows, inputSize]`.
    ///   - columns: The columns, between which and the others the layer is divisible.
    /// - Returns: `[rows, columns]`.
    package func callAsFunction(_ x: Tensor, columns: Range<Int>) -> Tensor {
        precondition(x.columns == inputSize, "the layer takes \(inputSize) columns, found \(x.shape)")
        x.refuseGradient(of: "some columns of a layer")
        return Tensor(shape: [x.rows, columns.count]) { out in
            withExtendedLifetime((x.storage, bias?.storage)) {
                MatrixProduct(
                    x.pointer, rowStride: inputSize, rows: x.rows, packed, into: out.baseAddress! - columns.lowerBound,
                    stride: columns.count
                )
                .finishing(bias: bias?.pointer, activation: .identity, residual: nil).columns(columns)()
            }
        }
    }

    /// The layer's output for an activated input, of which training keeps only the input before the activation.
    ///
    /// - Parameters:
    ///   - x: `[rows, inputSize]`.
    ///   - activation: Applied to the input; it is computed again in the backward pass.
    ///   - residual: `[rows, outputSize]`, added to the product.
    /// - Returns: `[rows, outputSize]`.
    package func callAsFunction(activating x: Tensor, by activation: Activation, residual: Tensor? = nil) -> Tensor {
        guard Execution.current.recordsGradients, adapters.isEmpty else {
            return self(x.activated(activation), residual: residual)
        }
        let inputs = [x.node, residual?.node] + parameterNodes
        let (layer, x) = (self, x.detached)
        return product(x.activated(activation), activation: .identity, residual: residual).recorded(from: inputs) {
            dY in
            [
                inputs[0] == nil ? nil : x.activationGradient(activation, layer.inputGradient(dY)),
                inputs[1] == nil ? nil : dY,
            ] + layer.parameterGradients(dY, x.activated(activation), inputs)
        }
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
        let inputs = [x.node, residual?.node] + parameterNodes
        // Of a layer that does not learn, the tape keeps no input.
        let (layer, kept) = (self, inputs.dropFirst(2).contains { $0 != nil } ? x.detached : nil)
        return product(x, activation: .identity, residual: residual).recorded(from: inputs) { dY in
            [inputs[0] == nil ? nil : layer.inputGradient(dY), inputs[1] == nil ? nil : dY]
                + (kept.map { layer.parameterGradients(dY, $0, inputs) } ?? inputs.dropFirst(2).map { _ in nil })
        }
    }

    private var parameterNodes: [GradientNode?] { weights.map(\.node) + biases.map { $0?.node } }

    /// The gradients of the weights and of the biases, as far as `inputs` (after the first two) have nodes for them.
    private func parameterGradients(
        _ dY: Tensor, _ x: @autoclosure () -> Tensor, _ inputs: [GradientNode?]
    ) -> [Tensor?] {
        let nodes = inputs.dropFirst(2)
        guard nodes.contains(where: { $0 != nil }) else { return nodes.map { _ in nil } }
        guard nodes.prefix(weights.count).contains(where: { $0 != nil }) else {
            return weights.map { _ in nil } + Self.columnSums(dY, weights.map { $0.tensor.shape[0] })
        }
        return parameterGradients(dY, x())
    }

    /// The gradients of the weights and of the biases.
    func parameterGradients(_ dY: Tensor, _ x: Tensor) -> [Tensor?] {
        let widths = weights.map { $0.tensor.shape[0] }
        let matrices = Self.weightGradients(dY, x, widths)
        return zip(matrices, weights).map { order.gradient($0, shape: $1.tensor.shape) }
            + (biases.isEmpty ? [] : Self.columnSums(dY, widths))
    }

    /// dX = dY W, with all blocks of W on top of each other.
    func inputGradient(_ dY: Tensor) -> Tensor {
        let matrices = weights.map { order.matrix($0.tensor) }
        let w = matrices.count == 1 ? matrices[0].float32() : .stacked(matrices)
        return Tensor(shape: [dY.rows, inputSize]) { out in
            withExtendedLifetime((dY.storage, w.storage)) {
                let packed = PackedMatrix(
                    w.pointer, rows: outputSize, columns: inputSize, columnStride: 1, rowStride: inputSize,
                    Self.gradientProduct)
                MatrixProduct(
                    dY.pointer, rowStride: outputSize, rows: dY.rows, packed, into: out.baseAddress!, stride: inputSize)()
            }
        }
    }

    /// dW = dYᵀ X for each block.
    private static func weightGradients(_ dY: Tensor, _ x: Tensor, _ widths: [Int]) -> [Tensor] {
        let product = gradientProduct, readsColumns = product.pointee.reads_columns
        let left = readsColumns ? dY : dY.transposedMatrix()
        let all = Tensor(shape: [dY.columns, x.columns]) { out in
            withExtendedLifetime((left.storage, x.storage)) {
                let packed = PackedMatrix(
                    x.pointer, rows: x.rows, columns: x.columns, columnStride: 1, rowStride: x.columns, product)
                MatrixProduct(
                    left.pointer, rowStride: readsColumns ? 1 : x.rows, columnStride: readsColumns ? dY.columns : 1,
                    rows: dY.columns, packed, into: out.baseAddress!, stride: x.columns)()
            }
        }
        return widths.count == 1 ? [all] : starts(widths).map { first, width in all.rowRange(first..<first + width) }
    }

    /// The product that gradients are computed with: bfloat16 where the layers are, otherwise exact.
    private static var gradientProduct: UnsafePointer<sk_product> {
        let execution = Execution.current, table = execution.kernels.table.pointee
        return execution.precision == .bfloat16 ? Precision.bfloat16.entry(table.products) : table.f32
    }

    /// db = the column sums of dY, for each block.
    private static func columnSums(_ dY: Tensor, _ widths: [Int]) -> [Tensor?] {
        let sums = dY.columnSums()
        return starts(widths).map { first, width in sums.elements(first..<first + width) }
    }

    /// The first column of each block, and its width.
    private static func starts(_ widths: [Int]) -> [(first: Int, width: Int)] {
        var first = 0
        return widths.map { width in
            defer { first += width }
            return (first, width)
        }
    }
}
