// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// ``AnglELoss`` of sparse embeddings; goes inside a ``SpladeLoss``.
package struct SparseAnglELoss: SparseFormLoss {
    package static let name = "SparseAnglELoss"
    package let form: AnglELoss
    package var isRegularized = false

    package init(_ form: AnglELoss) { self.form = form }

    package init(_ arguments: inout LossArguments) throws { form = try AnglELoss(&arguments) }
}

extension TrainingLoss {
    /// As ``sparseCoSENT(scale:similarity:)``, with a similarity that keeps its slope where the cosine is flat.
    ///
    /// - Parameter scale: What similarities are multiplied with.
    /// - Returns: The loss.
    public static func sparseAnglE(scale: Float = 20) -> TrainingLoss {
        TrainingLoss(SparseAnglELoss(AnglELoss(scale: scale)))
    }
}
