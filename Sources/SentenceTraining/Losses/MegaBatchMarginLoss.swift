// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
import SentenceTensors

/// The positive against the hardest document of other rows: the mean of max(0, p - cos(aᵢ, dᵢ)) +
/// max(0, maxⱼ≠ᵢ cos(aᵢ, dⱼ) - n), for batches as large as possible.
///
/// Wieting and Gimpel, *ParaNMT-50M: Pushing the Limits of Paraphrastic Sentence Embeddings*, 2018,
/// <https://arxiv.org/abs/1711.05732>.
package struct MegaBatchMarginLoss: RegisteredLoss {
    package static let name = "MegaBatchMarginLoss"
    private let positiveMargin: Float
    private let negativeMargin: Float
    private let isCached: Bool

    package init(positiveMargin: Float, negativeMargin: Float, isCached: Bool) {
        self.positiveMargin = positiveMargin
        self.negativeMargin = negativeMargin
        self.isCached = isCached
    }

    package init(_ arguments: inout LossArguments) throws {
        arguments.ignore("mini_batch_size", "mini_batch_num_tokens", "show_progress_bar")
        self.init(
            positiveMargin: try arguments.float("positive_margin", default: 0.8),
            negativeMargin: try arguments.float("negative_margin", default: 0.3),
            isCached: try arguments.bool("use_mini_batched_version", default: true))
    }

    package var shape: LossShape { LossShape(columns: 2...2, labels: .none) }
    package var embedding: LossEmbedding {
        var embedding = LossEmbedding()
        embedding.isCached = isCached
        return embedding
    }
    package var arguments: JSONObject {
        [
            "positive_margin": .double(Double(positiveMargin)), "negative_margin": .double(Double(negativeMargin)),
            "use_mini_batched_version": .bool(isCached),
        ]
    }

    package func callAsFunction(_ batch: LossBatch) -> LossValue {
        let scores = LossSimilarity.cosine(batch.columns[0], batch.columns[1]), rows = scores.rows
        let hardest = (scores + .mask(rows, rows) { $0 == $1 ? -.infinity : 0 }).rowMaxima()
        let near = (-1 * scores.diagonal() + positiveMargin).rectified()
        return LossValue((near + (hardest + -negativeMargin).rectified()).mean())
    }
}

extension TrainingLoss {
    /// The positive against the hardest document of other rows, for batches as large as possible.
    ///
    /// - Parameters:
    ///   - positiveMargin: From which cosine on a positive is close enough.
    ///   - negativeMargin: Up to which cosine others are far enough.
    ///   - isCached: Whether texts are embedded twice to save memory; the result is the same to rounding.
    /// - Returns: The loss.
    public static func megaBatchMargin(
        positiveMargin: Float = 0.8, negativeMargin: Float = 0.3, isCached: Bool = true
    ) -> TrainingLoss {
        TrainingLoss(
            MegaBatchMarginLoss(positiveMargin: positiveMargin, negativeMargin: negativeMargin, isCached: isCached))
    }
}
