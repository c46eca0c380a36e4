// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// Another loss of the leading dimensions of embeddings after inner layers, so that both can be cut:
/// ``AdaptiveLayerLoss`` of a ``MatryoshkaLoss``.
///
/// Li et al., *2D Matryoshka Sentence Embeddings*, 2024, <https://arxiv.org/abs/2402.14776>.
package struct Matryoshka2dLoss: RegisteredLoss {
    package static let name = "Matryoshka2dLoss"
    private var loss: AdaptiveLayerLoss
    private let matryoshka: JSONObject

    package init(_ loss: MatryoshkaLoss, _ options: AdaptiveLayerOptions) {
        self.loss = AdaptiveLayerLoss(loss, options)
        matryoshka = loss.arguments
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(
            try MatryoshkaLoss(&arguments, dimensionsPerStep: 1), try AdaptiveLayerOptions(&arguments))
    }

    package var shape: LossShape { loss.shape }
    package var embedding: LossEmbedding { loss.embedding }
    package var parameters: [NamedParameter] { loss.parameters }
    package var arguments: JSONObject { loss.arguments.merging(matryoshka) { $1 } }

    package mutating func update(_ values: ParameterValues) { loss.update(values) }
    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try loss.prepare(for: model, random: random)
    }
    package func callAsFunction(_ batch: LossBatch) throws -> LossValue { try loss(batch) }
}

extension TrainingLoss {
    /// Another loss of the leading dimensions of embeddings after inner layers, so that both can be cut.
    ///
    /// - Parameters:
    ///   - loss: The loss.
    ///   - dimensions: To how many dimensions embeddings are cut.
    ///   - weights: How much the loss of each counts; all the same if nil.
    ///   - dimensionsPerStep: How many of them a step takes at random; all if 0 or less.
    ///   - options: Which layers a step takes, and how much each part counts.
    /// - Returns: The loss.
    /// - Throws: ``TrainingError`` for dimensions below 1, and if there are as many weights as dimensions.
    public static func matryoshka2d(
        _ loss: TrainingLoss, dimensions: [Int], weights: [Float]? = nil, dimensionsPerStep: Int = 1,
        options: AdaptiveLayerOptions = .init()
    ) throws -> TrainingLoss {
        TrainingLoss(
            Matryoshka2dLoss(
                try MatryoshkaLoss(
                    loss.base, dimensions: dimensions, weights: weights, dimensionsPerStep: dimensionsPerStep), options)
        )
    }
}
