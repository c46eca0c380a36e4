// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// How far scores are from the labels, such as a teacher's scores: the mean of (s - y)².
///
/// Hofstätter et al., *Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation*, 2020,
/// <https://arxiv.org/abs/2010.02666>.
package struct CrossEncoderMSELoss: RegisteredLoss {
    package static let name = "MSELoss"
    private let activation: Activation

    package init(activation: Activation = .identity) { self.activation = activation }

    package init(_ arguments: inout LossArguments) throws {
        self.init(activation: try arguments.activation("activation_fn"))
    }

    package var shape: LossShape { LossShape(columns: 1...1, labels: .number) }
    package var arguments: JSONObject { ["activation_fn": .string(LossArguments.torchName(of: activation))] }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try model.requireSingleScore(for: self)
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let wanted = try Tensor(batch.numbers(for: self), shape: [batch.rows, 1])
        return LossValue((batch.columns[0].activated(activation) - wanted).squared().mean())
    }
}

extension TrainingLoss {
    /// How far the scores of pairs are from the labels, squared; for rerankers.
    public static func crossEncoderMSE() -> TrainingLoss { TrainingLoss(CrossEncoderMSELoss()) }
}
