// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// ``MultipleNegativesRankingLoss`` of sparse embeddings, which are compared by their dot products.
///
/// Nothing keeps the embeddings sparse, so it goes inside a ``SpladeLoss``.
package struct SparseMultipleNegativesRankingLoss: SparseFormLoss {
    package static let name = "SparseMultipleNegativesRankingLoss"
    package let form: MultipleNegativesRankingLoss
    package var isRegularized = false

    package init(_ form: MultipleNegativesRankingLoss) { self.form = form }

    package init(_ arguments: inout LossArguments) throws {
        form = try MultipleNegativesRankingLoss(&arguments, scale: 1, similarity: .dot)
    }
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
