// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// How unlikely the classes of pairs are, given their scores as logits: the mean of -log softmax(x)[class].
///
/// A label may also be a distribution over all classes.
package struct CrossEntropyLoss: RegisteredLoss {
    package static let name = "CrossEntropyLoss"
    private let activation: Activation

    package init(activation: Activation = .identity) { self.activation = activation }

    package init(_ arguments: inout LossArguments) throws {
        self.init(activation: try arguments.activation("activation_fn"))
    }

    package var shape: LossShape { LossShape(columns: 1...1, labels: .numbers) }
    package var arguments: JSONObject { ["activation_fn": .string(LossArguments.torchName(of: activation))] }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try model.requireScores(for: self)
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let scores = batch.columns[0].activated(activation)
        if let labels = batch.labels, labels.shape == scores.shape, scores.columns > 1 {
            return LossValue((-1 / Float(scores.rows)) * (labels * scores.logSoftmax()).sum())
        }
        return LossValue(scores.crossEntropy(try batch.classes(for: self, below: scores.columns)))
    }
}

extension TrainingLoss {
    /// How unlikely the classes of pairs are, given their scores.
    public static func crossEntropy() -> TrainingLoss { TrainingLoss(CrossEntropyLoss()) }
}
