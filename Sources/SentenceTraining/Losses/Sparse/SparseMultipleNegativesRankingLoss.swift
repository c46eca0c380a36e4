// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// ``MultipleNegativesRankingLoss`` of sparse embeddings, which are compared by their dot products.
///
/// Nothing keeps the embeddings sparse, so it goes inside a ``SpladeLoss``.
package struct SparseMultipleNegativesRankingLoss: RegisteredLoss, SparseBaseLoss {
    package static let name = "SparseMultipleNegativesRankingLoss"
    package var isRegularized = false
    private let loss: MultipleNegativesRankingLoss

    package init(_ loss: MultipleNegativesRankingLoss) { self.loss = loss }

    package init(_ arguments: inout LossArguments) throws {
        loss = try MultipleNegativesRankingLoss(&arguments, scale: 1, similarity: .dot)
    }

    package var shape: LossShape { loss.shape }
    package var arguments: JSONObject { loss.arguments }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try requireRegularization()
        try loss.prepare(for: model, random: random)
    }
    package func callAsFunction(_ batch: LossBatch) -> LossValue { loss(batch) }
}

extension TrainingLoss {
    /// The positive of an anchor against all other documents of the batch, of sparse embeddings; goes inside
    /// ``splade(_:documentWeight:queryWeight:documentThreshold:queryThreshold:isCached:)``.
    ///
    /// - Parameters:
    ///   - scale: What similarities are multiplied with; above 0.
    ///   - similarity: How embeddings are compared.
    ///   - directions: What is compared; must contain `queryToDocument`.
    ///   - isJoint: Whether all directions share one sum; otherwise the losses of the directions are averaged.
    ///   - hardness: How much more close negatives count; not at all if nil.
    /// - Returns: The loss.
    public static func sparseMultipleNegativesRanking(
        scale: Float = 1, similarity: LossSimilarity = .dot, directions: [ContrastiveDirection] = [.queryToDocument],
        isJoint: Bool = true, hardness: ContrastiveHardness? = nil
    ) -> TrainingLoss {
        TrainingLoss(
            SparseMultipleNegativesRankingLoss(
                MultipleNegativesRankingLoss(
                    scale: scale, similarity: similarity, directions: directions, isJoint: isJoint, hardness: hardness))
        )
    }
}
