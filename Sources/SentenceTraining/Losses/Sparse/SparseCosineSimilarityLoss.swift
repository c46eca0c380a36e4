// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// ``CosineSimilarityLoss`` of sparse embeddings; goes inside a ``SpladeLoss``.
package struct SparseCosineSimilarityLoss: SparseFormLoss {
    package static let name = "SparseCosineSimilarityLoss"
    package let form: CosineSimilarityLoss
    package var isRegularized = false

    package init(_ form: CosineSimilarityLoss) { self.form = form }

    package init(_ arguments: inout LossArguments) throws { form = try CosineSimilarityLoss(&arguments) }
}

extension TrainingLoss {
    /// How far the cosine of a pair of sparse embeddings is from its label, squared;
    /// goes inside `splade`.
    public static func sparseCosineSimilarity() -> TrainingLoss {
        TrainingLoss(SparseCosineSimilarityLoss(CosineSimilarityLoss()))
    }
}
