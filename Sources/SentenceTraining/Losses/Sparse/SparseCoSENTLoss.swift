// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// ``CoSENTLoss`` of sparse embeddings; goes inside a ``SpladeLoss``.
package struct SparseCoSENTLoss: SparseFormLoss {
    package static let name = "SparseCoSENTLoss"
    package let form: CoSENTLoss
    package var isRegularized = false

    package init(_ form: CoSENTLoss) { self.form = form }

    package init(_ arguments: inout LossArguments) throws { form = try CoSENTLoss(&arguments) }
}

extension TrainingLoss {
    /// Pairs of sparse embeddings with larger labels should be more alike;
    /// goes inside `splade`.
    ///
    /// - Parameters:
    ///   - scale: What similarities are multiplied with.
    ///   - similarity: How embeddings are compared.
    /// - Returns: The loss.
    public static func sparseCoSENT(scale: Float = 20, similarity: LossSimilarity = .cosine) -> TrainingLoss {
        TrainingLoss(SparseCoSENTLoss(CoSENTLoss(scale: scale, similarity: similarity)))
    }
}
