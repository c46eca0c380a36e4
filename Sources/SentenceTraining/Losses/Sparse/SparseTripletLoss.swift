// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// ``TripletLoss`` of sparse embeddings; goes inside a ``SpladeLoss``.
package struct SparseTripletLoss: SparseFormLoss {
    package static let name = "SparseTripletLoss"
    package let form: TripletLoss
    package var isRegularized = false

    package init(_ form: TripletLoss) { self.form = form }

    package init(_ arguments: inout LossArguments) throws { form = try TripletLoss(&arguments) }
}

extension TrainingLoss {
    /// The positive should be closer to the anchor than the negative by a margin, of sparse embeddings;
    /// goes inside `splade`.
    ///
    /// - Parameters:
    ///   - distance: How distances are measured.
    ///   - margin: By how much.
    /// - Returns: The loss.
    public static func sparseTriplet(distance: LossDistance = .euclidean, margin: Float = 5) -> TrainingLoss {
        TrainingLoss(SparseTripletLoss(TripletLoss(distance: distance, margin: margin)))
    }
}
