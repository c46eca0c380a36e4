// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// ``MarginMSELoss`` of sparse embeddings; goes inside a ``SpladeLoss``.
package struct SparseMarginMSELoss: SparseFormLoss {
    package static let name = "SparseMarginMSELoss"
    package let form: MarginMSELoss
    package var isRegularized = false

    package init(_ form: MarginMSELoss) { self.form = form }

    package init(_ arguments: inout LossArguments) throws { form = try MarginMSELoss(&arguments) }
}

extension TrainingLoss {
    /// How much better the positive is than each negative, as a teacher has it, of sparse embeddings;
    /// goes inside `splade`.
    ///
    /// - Parameter similarity: How embeddings are compared.
    /// - Returns: The loss.
    public static func sparseMarginMSE(similarity: LossSimilarity = .dot) -> TrainingLoss {
        TrainingLoss(SparseMarginMSELoss(MarginMSELoss(similarity: similarity)))
    }
}
