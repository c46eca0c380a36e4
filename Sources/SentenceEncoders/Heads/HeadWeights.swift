// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

/// The tensors of a head, found by name in the checkpoint of its encoder.
struct HeadWeights {
    private let checkpoint: Checkpoint
    /// Every parameter that was found, by its name in the checkpoint.
    private(set) var named: [NamedParameter] = []
    /// Makes a parameter that the checkpoint lacks; it is an error if nil.
    private let missing: ((_ name: String, _ shape: [Int]) -> Tensor)?

    init(_ checkpoint: Checkpoint, missing: ((_ name: String, _ shape: [Int]) -> Tensor)? = nil) {
        self.checkpoint = checkpoint
        self.missing = missing
    }

    /// The layers of a head, the first of which takes `size` columns.
    mutating func layers(_ specs: [HeadLayer], from size: Int) throws -> [Layer] {
        var size = size
        return try specs.map { spec in
            let linear = try linear(spec.weights, hasBias: spec.hasBias, inputSize: size)
            size = linear.outputSize
            let norm = try spec.norm.map { norm in
                LayerNorm(
                    weight: try parameter(norm.weights, [".weight", ".gamma"], shape: [size]),
                    bias: norm.hasBias ? try parameter(norm.weights, [".bias", ".beta"], shape: [size]) : nil,
                    epsilon: norm.epsilon)
            }
            return Layer(linear: linear, activation: spec.activation, norm: norm)
        }
    }

    /// A layer with as many rows as its weight has in the checkpoint; a new one has as many as columns.
    mutating func linear(_ source: WeightSource, hasBias: Bool, inputSize: Int) throws -> LinearLayer {
        let isNew = missing != nil && !source.names(layer: nil).contains { checkpoint.contains("\($0).weight") }
        let weight = try parameter(source, [".weight"], shape: isNew ? [inputSize, inputSize] : nil)
        let shape = weight.tensor.shape
        guard shape.count == 2, shape[0] > 0, shape[1] == inputSize else {
            throw mismatch(
                "tensor \"\(source.names(layer: nil)[0]).weight\" is \(shape), expected [labels, \(inputSize)]")
        }
        let biases = hasBias ? [try parameter(source, [".bias"], shape: [shape[0]])] : []
        return LinearLayer(weights: [weight], biases: biases)
    }

    /// The parameter under the first name and suffix that the checkpoint has; of any shape if `shape` is nil.
    mutating func parameter(_ source: WeightSource, _ endings: [String], shape: [Int]?) throws -> Parameter {
        try parameter(source.names(layer: nil).flatMap { base in endings.map { base + $0 } }, shape: shape)
    }

    /// The parameter under the first name and suffix that the checkpoint has; nil if it has none of them.
    mutating func optionalParameter(_ source: WeightSource, _ endings: [String], shape: [Int]?) throws -> Parameter? {
        let names = source.names(layer: nil).flatMap { base in endings.map { base + $0 } }
        return names.contains(where: checkpoint.contains) ? try parameter(names, shape: shape) : nil
    }

    /// The parameter under the first name that the checkpoint has.
    mutating func parameter(_ names: [String], shape: [Int]?) throws -> Parameter {
        guard let name = names.first(where: checkpoint.contains), let entry = checkpoint.entry(named: name) else {
            if let missing, let shape {
                let parameter = Parameter(missing(names[0], shape))
                named.append(NamedParameter(names[0], parameter))
                return parameter
            }
            throw mismatch(
                "tensor \"\(names[0])\" is missing: the checkpoint holds an encoder without this head, which would have to "
                    + "be trained first; for embeddings, open it as a SentenceTransformer"
            )
        }
        if let shape, entry.shape != shape {
            throw mismatch("tensor \"\(name)\" is \(entry.shape), expected \(shape)")
        }
        guard entry.elementType.isFloatingPoint else {
            throw mismatch("tensor \"\(name)\" is of \(entry.elementType), expected a floating-point type")
        }
        let parameter = Parameter(try checkpoint.tensor(named: name))
        named.append(NamedParameter(name, parameter))
        return parameter
    }

    /// Removes the last parameter from the list, since another one replaces it.
    mutating func forgetLast() { named.removeLast() }

    private func mismatch(_ message: String) -> CheckpointError {
        CheckpointError(.mismatch, file: checkpoint.name, message)
    }

    /// A dense layer with its activation and norm.
    struct Layer: Sendable, Trainable {
        private(set) var linear: LinearLayer
        let activation: Activation
        private(set) var norm: LayerNorm?

        mutating func update(_ values: ParameterValues) {
            linear.update(values)
            norm.update(values)
        }

        /// Gives the layer its adapter.
        mutating func adapt(_ set: AdapterSet) { linear.adapt(set) }

        /// The layer's output.
        ///
        /// - Parameter x: `[rows, inputs]`.
        /// - Returns: `[rows, outputs]`.
        func callAsFunction(_ x: Tensor) -> Tensor {
            let y = linear(x, activation: activation)
            return norm.map { $0(y) } ?? y
        }
    }
}
