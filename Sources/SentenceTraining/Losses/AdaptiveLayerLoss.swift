// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Another loss of the embeddings after inner layers, so that the last layers can be cut off:
/// w L(last) + Σ_l (p w_l / layers · L(l) + k T · KL(softmax(last / T) ‖ softmax(l / T))).
///
/// Li et al., *2D Matryoshka Sentence Embeddings*, 2024, <https://arxiv.org/abs/2402.14776>.
package struct AdaptiveLayerLoss: RegisteredLoss {
    package static let name = "AdaptiveLayerLoss"
    private var loss: any Loss
    private let options: AdaptiveLayerOptions
    /// How many layers there are before the last one, of which one is what the first layer reads.
    private var innerCount = 0

    package init(_ loss: any Loss, _ options: AdaptiveLayerOptions) {
        self.loss = loss
        self.options = options
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(try arguments.loss("loss"), try AdaptiveLayerOptions(&arguments))
    }

    package var shape: LossShape { loss.shape }
    package var parameters: [NamedParameter] { loss.parameters.map { $0.inside("loss") } }
    package var embedding: LossEmbedding {
        var embedding = loss.embedding
        embedding.layers = { [options, innerCount] in options.layers(of: innerCount, $0) }
        return embedding
    }
    package var arguments: JSONObject {
        options.arguments.merging(["loss": .object(loss.configuration)]) { $1 }
    }

    package mutating func update(_ values: ParameterValues) { loss.update(values) }
    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {
        innerCount = try model.transformer(for: self).encoder.spec.layerCount
        try loss.prepare(for: model, random: random)
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let layers = options.layers(of: innerCount, batch.random)
        let (weight, temperature) = (options, options.temperature)
        var total = weight.lastLayer * (try loss(batch)).total
        let last = temperature > 0 ? ((1 / temperature) * Tensor.above(batch.columns)).softmax() : nil
        for (place, layer) in layers.enumerated() {
            var inner = batch
            inner.columns = batch.layers[place]
            inner.random = batch.random.at(layer + 1)
            let share = weight.layerWeighting(layer) / Float(layers.count) * weight.innerLayers
            total = total + share * (try loss(inner)).total
            guard let last else { continue }
            let divergence = last.divergence(fromLogits: (1 / temperature) * .above(inner.columns))
            total = total + temperature * weight.divergence * divergence
        }
        return LossValue(total)
    }
}

/// What a loss of inner layers takes, and how much each part counts.
public struct AdaptiveLayerOptions: Sendable, Equatable {
    /// How much layers count among each other.
    public enum LayerWeighting: String, Sendable, CaseIterable, LossChoice {
        /// All the same.
        case uniform
        /// The layer l by 1 / (1 + ln(1 + l)).
        case log
        /// The layer l by 1 / (1 + l).
        case linear

        fileprivate func callAsFunction(_ layer: Int) -> Float {
            switch self {
            case .uniform: 1
            case .log: Float(1 / (1 + log1p(Double(layer))))
            case .linear: 1 / Float(1 + layer)
            }
        }
    }

    /// How many inner layers a step takes at random; all if 0 or less.
    public var layersPerStep = 1
    /// How much the loss after the last layer counts.
    public var lastLayer: Float = 1
    /// How much the losses after inner layers count together.
    public var innerLayers: Float = 1
    /// How much it counts that an inner layer's embeddings are unlike the last one's.
    public var divergence: Float = 1
    /// What embeddings are divided by before they are compared so; not at all if 0 or less.
    public var temperature: Float = 0.3
    /// How much inner layers count among each other.
    public var layerWeighting = LayerWeighting.uniform

    /// The reference's settings.
    public init() {}

    init(_ arguments: inout LossArguments) throws {
        layersPerStep = try arguments.int("n_layers_per_step", default: layersPerStep)
        lastLayer = try arguments.float("last_layer_weight", default: lastLayer)
        innerLayers = try arguments.float("prior_layers_weight", default: innerLayers)
        divergence = try arguments.float("kl_div_weight", default: divergence)
        temperature = try arguments.float("kl_temperature", default: temperature)
        layerWeighting = try arguments.choice("layer_weighting") ?? layerWeighting
    }

    fileprivate var arguments: JSONObject {
        [
            "n_layers_per_step": .int(layersPerStep), "last_layer_weight": .double(Double(lastLayer)),
            "prior_layers_weight": .double(Double(innerLayers)), "kl_div_weight": .double(Double(divergence)),
            "kl_temperature": .double(Double(temperature)), "layer_weighting": .string(layerWeighting.rawValue),
        ]
    }

    /// The layers that a step takes.
    fileprivate func layers(of count: Int, _ random: RandomStream) -> [Int] {
        random.at(1).choosing(layersPerStep, of: count)
    }
}

extension TrainingLoss {
    /// Another loss of the embeddings after inner layers, so that the last layers can be cut off.
    ///
    /// - Parameters:
    ///   - loss: The loss.
    ///   - options: Which layers a step takes, and how much each part counts.
    /// - Returns: The loss.
    public static func adaptiveLayer(_ loss: TrainingLoss, options: AdaptiveLayerOptions = .init()) -> TrainingLoss {
        TrainingLoss(AdaptiveLayerLoss(loss.base, options))
    }
}
