// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// How much better the positive is than each negative, as a teacher has it: the mean of (s(q, p) - s(q, nₖ) - mₖ)².
///
/// Labels are the teacher's margins, one for each negative, or its scores of the positive and of each negative.
/// Hofstätter et al., *Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation*, 2020,
/// <https://arxiv.org/abs/2010.02666>.
package struct MarginMSELoss: RegisteredLoss {
    package static let name = "MarginMSELoss"
    private let similarity: LossSimilarity

    package init(similarity: LossSimilarity) { self.similarity = similarity }

    package init(_ arguments: inout LossArguments) throws {
        self.init(similarity: try arguments.choice("similarity_fct") ?? .dot)
    }

    package var shape: LossShape { .atLeast(3, labels: .numbers) }
    package var arguments: JSONObject { ["similarity_fct": .string(similarity.pairwiseArgument)] }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let query = batch.columns[0], negatives = batch.columns[2...]
        let wanted = try batch.margins(for: self, count: negatives.count)
        let positive = similarity.pairwise(query, batch.columns[1])
        let found = Tensor.beside(negatives.map { positive - similarity.pairwise(query, $0) })
        return LossValue((found - wanted).squared().mean())
    }
}

extension TrainingLoss {
    /// How much better the positive is than each negative, as a teacher has it.
    ///
    /// - Parameter similarity: How embeddings are compared.
    /// - Returns: The loss.
    public static func marginMSE(similarity: LossSimilarity = .dot) -> TrainingLoss {
        TrainingLoss(MarginMSELoss(similarity: similarity))
    }
}
