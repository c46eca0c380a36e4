// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// How much better the positive scores than each negative, as a teacher has it: the mean of (s(q, p) - s(q, nₖ) - mₖ)².
///
/// Labels are the teacher's margins, one for each negative, or its scores of the positive and of each negative.
/// Hofstätter et al., *Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation*, 2020,
/// <https://arxiv.org/abs/2010.02666>.
package struct CrossEncoderMarginMSELoss: RegisteredLoss {
    package static let name = "MarginMSELoss"
    private let activation: Activation

    package init(activation: Activation = .identity) { self.activation = activation }

    package init(_ arguments: inout LossArguments) throws {
        self.init(activation: try arguments.activation("activation_fn"))
    }

    package var shape: LossShape { .atLeast(2, labels: .numbers) }
    package var arguments: JSONObject { ["activation_fn": .string(LossArguments.torchName(of: activation))] }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try model.requireSingleScore(for: self)
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let scores = Tensor.beside(batch.columns).activated(activation)
        let count = scores.columns - 1
        let wanted = try batch.margins(for: self, count: count)
        let found = scores.columnRange(0..<1).repeated(columns: count) - scores.columnRange(1..<count + 1)
        return LossValue((found - wanted).squared().mean())
    }
}

extension TrainingLoss {
    /// How much better the positive scores than each negative, as a teacher has it; for rerankers.
    public static func crossEncoderMarginMSE() -> TrainingLoss { TrainingLoss(CrossEncoderMarginMSELoss()) }
}
