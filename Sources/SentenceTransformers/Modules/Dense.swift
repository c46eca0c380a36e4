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

/// A linear layer with an activation and an optional residual connection.
package struct Dense: Module {
    package static let className = "Dense"
    package static let typeName = "sentence_transformers.base.modules.dense.Dense"

    private var linear: LinearLayer
    private var residual: Residual
    private let activation: ScoreActivation
    private let activationPath: String
    private let input: FeatureName
    private let output: FeatureName

    private enum Residual {
        case none
        case identity
        case projection(LinearLayer)
    }

    package init(folder: ModuleFolder) throws { try self.init(folder: folder, defaultInput: .sentenceEmbedding) }

    /// Reads a folder; `defaultInput` is the feature to transform if the folder names none.
    init(folder: ModuleFolder, defaultInput: FeatureName) throws {
        let config = try folder.config(known: .dense)
        let inputs = try config.size("in_features"), outputs = try config.size("out_features")
        let hasBias = try config.bool("bias", default: true)
        let usesResidual = try config.bool("use_residual", default: false)
        activationPath = try config.string("activation_function", default: "torch.nn.modules.activation.Tanh")
        input = try config.choice("module_input_name", default: defaultInput)
        output = try config.choice("module_output_name", default: input)
        activation = try Self.activation(config, activationPath, of: input)
        var shapes: [(name: String, shape: [Int])] = [("linear.weight", [outputs, inputs])]
        if hasBias { shapes.append(("linear.bias", [outputs])) }
        if usesResidual, inputs != outputs { shapes.append(("residual.weight", [outputs, inputs])) }
        let parameters = try folder.parameters(shapes)
        linear = LinearLayer(weights: [parameters[0]], biases: hasBias ? [parameters[1]] : [])
        residual =
            !usesResidual
            ? .none : inputs == outputs ? .identity : .projection(LinearLayer(weights: [parameters[shapes.count - 1]]))
    }

    /// A layer of embeddings of texts.
    init(weight: Tensor, bias: Tensor, activation: ScoreActivation) {
        linear = LinearLayer(weights: [Parameter(weight)], biases: [Parameter(bias)])
        residual = .none
        self.activation = activation
        activationPath = activation.path
        input = .sentenceEmbedding
        output = .sentenceEmbedding
    }

    /// A projection of token vectors by a matrix `[outputs, inputs]`.
    init(tokens weight: Parameter) {
        linear = LinearLayer(weights: [weight])
        residual = .none
        activation = .identity
        activationPath = "torch.nn.modules.linear.Identity"
        input = .tokenEmbeddings
        output = .tokenEmbeddings
    }

    private static func activation(
        _ config: ModelConfig, _ path: String, of input: FeatureName
    ) throws -> ScoreActivation {
        guard let activation = try? ScoreActivation(path: path, in: config.name) else {
            throw config.error("activation_function", "supported: torch.nn's \(ScoreActivation.classNames)")
        }
        // For token vectors PyTorch's softmax would sum over the texts of a batch.
        guard activation.elementwise != nil || input == .sentenceEmbedding else {
            throw config.error("activation_function", "expected a function of single elements for tokens' vectors")
        }
        return activation
    }

    package func save(to folder: URL) throws {
        var config: JSONObject = [
            "in_features": .int(linear.inputSize), "out_features": .int(linear.outputSize),
            "bias": .bool(!linear.biases.isEmpty), "activation_function": .string(activationPath),
            "module_input_name": .string(input.rawValue), "module_output_name": .string(output.rawValue),
        ]
        switch residual {
        case .none: break
        case .identity, .projection: config["use_residual"] = true
        }
        try JSONValue.object(config).write(to: folder.appending(path: "config.json"))
        try saveParameters(to: folder)
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard sizes[input] == linear.inputSize else {
            throw SentenceTransformersError(
                .mismatchedModules,
                "Dense takes \(linear.inputSize) dimensions of \(input.rawValue), found "
                    + (sizes[input].map(String.init) ?? "none"))
        }
        var sizes = sizes
        sizes[output] = linear.outputSize
        return sizes
    }

    package func tokenUse(_ features: inout Features) -> TokenUse {
        input == .tokenEmbeddings && output != .tokenEmbeddings ? .all : .each
    }

    package func callAsFunction(_ features: inout Features) {
        guard let x = features[input] else { return }
        let added: Tensor? =
            switch residual {
            case .none: nil
            case .identity: x
            case .projection(let layer): layer(x)
            }
        if let function = activation.elementwise {
            features[output] = linear(x, activation: function, residual: added)
        } else {
            let y = activation(linear(x))
            features[output] = added.map { y + $0 } ?? y
        }
    }

    package var parameters: [NamedParameter] {
        var parameters = [NamedParameter("linear.weight", linear.weights[0])]
        if let bias = linear.biases.first ?? nil { parameters.append(NamedParameter("linear.bias", bias)) }
        if case .projection(let layer) = residual {
            parameters.append(NamedParameter("residual.weight", layer.weights[0]))
        }
        return parameters
    }

    package mutating func update(_ values: ParameterValues) {
        linear.update(values)
        if case .projection(var layer) = residual {
            layer.update(values)
            residual = .projection(layer)
        }
    }
    package var summary: String { "\(linear.inputSize) → \(linear.outputSize), \(activation)" }
}
