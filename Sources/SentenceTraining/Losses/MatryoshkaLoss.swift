// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// Another loss of the leading dimensions of embeddings: Σ_d w_d L(normalized(first d)), so that they can be cut.
///
/// Kusupati et al., *Matryoshka Representation Learning*, 2022, <https://arxiv.org/abs/2205.13147>.
package struct MatryoshkaLoss: RegisteredLoss {
    package static let name = "MatryoshkaLoss"
    private var loss: any Loss
    /// Descending.
    private let sizes: [(dimension: Int, weight: Float)]
    private let sizesPerStep: Int
    private var embeddingDimension: Int?

    package init(_ loss: any Loss, dimensions: [Int], weights: [Float]?, dimensionsPerStep: Int) throws {
        self.loss = loss
        let weights = weights ?? dimensions.map { _ in 1 }
        guard !dimensions.isEmpty, dimensions.allSatisfy({ $0 > 0 }), weights.count == dimensions.count else {
            throw TrainingError(
                .invalidArgument,
                "matryoshka_dims must be dimensions above 0, with a weight for each if any; found \(dimensions) and "
                    + "\(weights.count) weights")
        }
        sizes = zip(dimensions, weights).map { (dimension: $0, weight: $1) }.sorted { $0.dimension > $1.dimension }
        sizesPerStep = dimensionsPerStep
    }

    package init(_ arguments: inout LossArguments) throws {
        try self.init(&arguments, dimensionsPerStep: -1)
    }

    /// Reads the arguments of a loss that differs in its defaults.
    init(_ arguments: inout LossArguments, dimensionsPerStep: Int) throws {
        try self.init(
            arguments.loss("loss"), dimensions: arguments.ints("matryoshka_dims"),
            weights: arguments.floats("matryoshka_weights"),
            dimensionsPerStep: arguments.int("n_dims_per_step", default: dimensionsPerStep))
    }

    package var shape: LossShape { loss.shape }
    package var embedding: LossEmbedding { loss.embedding }
    package var parameters: [NamedParameter] { loss.parameters.map { $0.inside("loss") } }
    package var arguments: JSONObject {
        [
            "loss": .object(loss.configuration), "matryoshka_dims": .array(sizes.map { .int($0.dimension) }),
            "matryoshka_weights": .array(sizes.map { .double(Double($0.weight)) }),
            "n_dims_per_step": .int(sizesPerStep),
        ]
    }

    package mutating func update(_ values: ParameterValues) { loss.update(values) }
    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {
        let size = try SentenceTransformer(pipeline: model).embeddingDimension
        guard sizes[0].dimension <= size else {
            throw TrainingError(
                .invalidArgument,
                "matryoshka_dims has \(sizes[0].dimension), but the model's embeddings have \(size) dimensions")
        }
        embeddingDimension = size
        try loss.prepare(for: model, random: random)
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let chosen = batch.random.at(0).choosing(sizesPerStep, of: sizes.count)
        let losses = try chosen.map { index in
            sizes[index].weight * (try loss(cut(batch, to: sizes[index].dimension))).total
        }
        return LossValue(losses.dropFirst().reduce(losses[0], +))
    }

    /// The batch with shorter embeddings; labels that are embeddings of the model's size are cut too.
    private func cut(_ batch: LossBatch, to dimension: Int) -> LossBatch {
        var cut = batch
        func shortened(_ columns: [Tensor]) -> [Tensor] {
            columns.map { $0.columnRange(0..<min(dimension, $0.columns)).normalized() }
        }
        cut.columns = shortened(batch.columns)
        cut.random = batch.random.at(dimension)
        if let labels = batch.labels, labels.shape.count > 1, labels.columns == embeddingDimension {
            cut.labels = labels.columnRange(0..<dimension).reshaped(Array(labels.shape.dropLast()) + [dimension])
        }
        return cut
    }
}

extension TrainingLoss {
    /// Another loss of the leading dimensions of embeddings, so that these can be cut.
    ///
    /// - Parameters:
    ///   - loss: The loss.
    ///   - dimensions: To how many dimensions embeddings are cut; all of them should be among these.
    ///   - weights: How much the loss of each counts; all the same if nil.
    ///   - dimensionsPerStep: How many of them a step takes at random; all if 0 or less.
    /// - Returns: The loss.
    /// - Throws: ``TrainingError`` for dimensions below 1, and if there are as many weights as dimensions.
    public static func matryoshka(
        _ loss: TrainingLoss, dimensions: [Int], weights: [Float]? = nil, dimensionsPerStep: Int = -1
    ) throws -> TrainingLoss {
        TrainingLoss(
            try MatryoshkaLoss(
                loss.base, dimensions: dimensions, weights: weights, dimensionsPerStep: dimensionsPerStep))
    }
}
