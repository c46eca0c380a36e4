// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// ``MultipleNegativesRankingLoss`` from queries to documents and back, averaged.
///
/// The reference keeps it under this name for older configurations.
package struct MultipleNegativesSymmetricRankingLoss: RegisteredLoss {
    package static let name = "MultipleNegativesSymmetricRankingLoss"
    private let loss: MultipleNegativesRankingLoss

    package init(scale: Float, similarity: LossSimilarity) {
        loss = MultipleNegativesRankingLoss(
            scale: scale, similarity: similarity, directions: [.queryToDocument, .documentToQuery], isJoint: false,
            hardness: nil)
    }

    package init(_ arguments: inout LossArguments) throws {
        arguments.ignore("gather_across_devices")
        self.init(
            scale: try arguments.float("scale", default: 20),
            similarity: try arguments.choice("similarity_fct") ?? .cosine)
    }

    package var shape: LossShape { loss.shape }
    package var arguments: JSONObject {
        loss.arguments.filter { ["scale", "similarity_fct", "gather_across_devices"].contains($0.key.string) }
    }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try loss.prepare(for: model, random: random)
    }
    package func callAsFunction(_ batch: LossBatch) -> LossValue { loss(batch) }
}

extension TrainingLoss {
    /// The positive of an anchor against all documents of the batch, and the anchor against all anchors.
    ///
    /// - Parameters:
    ///   - scale: What similarities are multiplied with, 1 / temperature; above 0.
    ///   - similarity: How embeddings are compared.
    ///   - isCached: Whether texts are embedded twice to save memory; the result is the same to rounding.
    /// - Returns: The loss.
    public static func multipleNegativesSymmetricRanking(
        scale: Float = 20, similarity: LossSimilarity = .cosine, isCached: Bool = false
    ) -> TrainingLoss {
        let loss = MultipleNegativesSymmetricRankingLoss(scale: scale, similarity: similarity)
        return TrainingLoss(isCached ? CachedLoss(loss) : loss)
    }
}
