// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// A recurrent network over the tokens of each text, usually in both directions.
///
/// Hochreiter and Schmidhuber, *Long Short-Term Memory*, 1997, <https://doi.org/10.1162/neco.1997.9.8.1735>.
package struct LSTM: Module {
    package static let className = "LSTM"
    package static let typeName = "sentence_transformers.sentence_transformer.modules.lstm.LSTM"
    private static let file = "lstm_config.json"
    private static let sizeKeys = ["embedding_dimension", "word_embedding_dimension"]

    private let inputSize: Int
    private let hiddenSize: Int
    private let dropout: JSONValue
    /// The directions of each layer; forwards comes first.
    private var layers: [[Direction]]

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(Self.file, known: .lstm)
        let inputSize = try config.size(Self.sizeKeys.first(where: config.contains) ?? Self.sizeKeys[0])
        let hiddenSize = try config.size("hidden_dim")
        let layerCount = try config.int("num_layers", default: 1)
        guard (1...64).contains(layerCount) else { throw config.error("num_layers", "expected 1 to 64") }
        let suffixes = try config.bool("bidirectional", default: true) ? ["", "_reverse"] : [""]
        var shapes: [(name: String, shape: [Int])] = []
        for layer in 0..<layerCount {
            let inputs = layer == 0 ? inputSize : hiddenSize * suffixes.count
            for suffix in suffixes {
                shapes += [
                    ("encoder.weight_ih_l\(layer)\(suffix)", [4 * hiddenSize, inputs]),
                    ("encoder.weight_hh_l\(layer)\(suffix)", [4 * hiddenSize, hiddenSize]),
                    ("encoder.bias_ih_l\(layer)\(suffix)", [4 * hiddenSize]),
                    ("encoder.bias_hh_l\(layer)\(suffix)", [4 * hiddenSize]),
                ]
            }
        }
        let parameters = try folder.parameters(shapes)
        let directions = (0..<layerCount * suffixes.count).map { index -> Direction in
            let first = 4 * index
            return Direction(Array(parameters[first..<first + 4]), isReversed: index % suffixes.count == 1)
        }
        layers = (0..<layerCount).map { layer in
            Array(directions[layer * suffixes.count..<(layer + 1) * suffixes.count])
        }
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        dropout = config.values["dropout"] ?? 0
    }

    package func save(to folder: URL) throws {
        try JSONValue.object([
            "embedding_dimension": .int(inputSize), "hidden_dim": .int(hiddenSize), "num_layers": .int(layers.count),
            "dropout": dropout, "bidirectional": .bool(layers[0].count == 2),
        ]).write(to: folder.appending(path: Self.file))
        try saveParameters(to: folder)
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard sizes.tokenEmbeddings == inputSize else {
            throw SentenceTransformersError(
                .mismatchedModules,
                "LSTM takes \(inputSize) dimensions, found \(sizes.tokenEmbeddings.map(String.init) ?? "none")")
        }
        return FeatureSizes(tokenEmbeddings: hiddenSize * layers[0].count)
    }

    package func callAsFunction(_ features: inout Features) {
        guard let x = features.tokenEmbeddings else { return }
        features.tokenEmbeddings = layers.reduce(x) { x, layer in
            .beside(layer.map { $0(x, features.texts) })
        }
    }

    package var parameters: [NamedParameter] {
        layers.enumerated().flatMap { index, layer in
            zip(layer, ["", "_reverse"]).flatMap { direction, suffix in
                direction.parameters.map { NamedParameter("encoder.\($0.name)_l\(index)\(suffix)", $0.parameter) }
            }
        }
    }

    package mutating func update(_ values: ParameterValues) { layers.update(values) }
    package var summary: String {
        "\(inputSize) → \(hiddenSize * layers[0].count), \(layers.count) layer\(layers.count == 1 ? "" : "s")"
    }
}

/// One direction of one layer, with the input, forget, cell and output gates in this order.
private struct Direction: Sendable, Trainable {
    private var input: LinearLayer
    private var recurrent: LinearLayer
    private let isReversed: Bool

    /// A direction with the given parameters: two weights, then two biases.
    init(_ parameters: [Parameter], isReversed: Bool) {
        input = LinearLayer(weights: [parameters[0]], biases: [parameters[2]])
        recurrent = LinearLayer(weights: [parameters[1]], biases: [parameters[3]])
        self.isReversed = isReversed
    }

    /// The parameters, named without the suffix for layer and direction.
    var parameters: [NamedParameter] {
        let all = input.weights + recurrent.weights + (input.biases + recurrent.biases).compactMap(\.self)
        return zip(["weight_ih", "weight_hh", "bias_ih", "bias_hh"], all).map { NamedParameter($0, $1) }
    }

    mutating func update(_ values: ParameterValues) {
        input.update(values)
        recurrent.update(values)
    }

    /// Runs all texts together, step by step, so that each step is one matrix product.
    ///
    /// - Parameters:
    ///   - x: `[totalTokens, inputs]`.
    ///   - texts: Where each text begins.
    /// - Returns: `[totalTokens, hiddenSize]`.
    func callAsFunction(_ x: Tensor, _ texts: TextOffsets) -> Tensor {
        guard texts.totalTokens > 0 else { return .zeros([0, recurrent.inputSize]) }
        let size = recurrent.inputSize
        let inputGates = input(x)
        // Longest texts first, so that the unfinished ones are always the first rows.
        let order = (0..<texts.count).sorted { (texts[$1].count, $0) < (texts[$0].count, $1) }
        var hidden = Tensor.zeros([order.count, size]), cell = hidden
        var states: [Tensor] = []
        /// For each token, the row of its state among all states.
        var rows = [Int?](repeating: nil, count: texts.totalTokens)
        var stateCount = 0
        for step in 0..<texts[order[0]].count {
            let tokens = order.prefix { texts[$0].count > step }.map { text in
                isReversed ? texts[text].upperBound - 1 - step : texts[text].lowerBound + step
            }
            if tokens.count < hidden.rows {
                let running = (0..<tokens.count).map { Optional($0) }
                (hidden, cell) = (hidden.gatheringRows(running), cell.gatheringRows(running))
            }
            let gates = recurrent(hidden, residual: inputGates.gatheringRows(tokens))
            func gate(_ index: Int, _ activation: Activation) -> Tensor {
                gates.columnRange(index * size..<(index + 1) * size).activated(activation)
            }
            cell = gate(1, .sigmoid) * cell + gate(0, .sigmoid) * gate(2, .tanh)
            hidden = gate(3, .sigmoid) * cell.activated(.tanh)
            states.append(hidden)
            for (index, token) in tokens.enumerated() { rows[token] = stateCount + index }
            stateCount += tokens.count
        }
        return Tensor.above(states).gatheringRows(rows)
    }
}
