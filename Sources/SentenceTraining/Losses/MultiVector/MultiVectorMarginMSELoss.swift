// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// How much better the positive is than each negative, as a teacher has it, compared by late interaction: the mean of
/// (s(q, p) - s(q, nₖ) - mₖ)².
///
/// Labels are the teacher's margins, one for each negative, or its scores of the positive and of each negative.
/// Hofstätter et al., *Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation*, 2020,
/// <https://arxiv.org/abs/2010.02666>.
package struct MultiVectorMarginMSELoss: RegisteredLoss {
    package static let name = "MultiVectorMarginMSELoss"
    private let scoring: MultiVectorScoring

    package init(scoring: MultiVectorScoring) { self.scoring = scoring }

    package init(_ arguments: inout LossArguments) throws {
        arguments.ignore("mini_batch_size")
        scoring = try arguments.scoring()
    }

    package var shape: LossShape { .atLeast(3, labels: .numbers) }
    package var arguments: JSONObject { ["similarity_fct": .string(scoring.argument(.pairs))] }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try model.requireVectors(for: self, scoring)
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let vectors = batch.vectors, count = vectors.count - 2
        let wanted = try batch.margins(for: self, count: count)
        // A column at a time, since what is compared with may depend on the other documents.
        let scores = vectors.dropFirst().map { scoring.own(vectors[0], [$0]) }
        let found = Tensor.beside(scores.dropFirst().map { scores[0] - $0 })
        return LossValue((found - wanted).squared().mean())
    }
}

extension TrainingLoss {
    /// How much better the positive is than each negative, as a teacher has it, compared by late interaction.
    ///
    /// - Parameter scoring: How vectors are compared.
    /// - Returns: The loss.
    public static func multiVectorMarginMSE(scoring: MultiVectorScoring = .maxSim) -> TrainingLoss {
        TrainingLoss(MultiVectorMarginMSELoss(scoring: scoring))
    }
}
