// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// ``DistillKLDivLoss`` of sparse embeddings, with a temperature of 2; goes inside a ``SpladeLoss``.
package struct SparseDistillKLDivLoss: SparseFormLoss {
    package static let name = "SparseDistillKLDivLoss"
    package let form: DistillKLDivLoss
    package var isRegularized = false

    package init(_ form: DistillKLDivLoss) { self.form = form }

    package init(_ arguments: inout LossArguments) throws { form = try DistillKLDivLoss(&arguments, temperature: 2) }
}

extension TrainingLoss {
    /// How likely each document is for a query, as a teacher has it, of sparse embeddings;
    /// goes inside `splade`.
    ///
    /// - Parameters:
    ///   - similarity: How embeddings are compared.
    ///   - temperature: What the scores of model and teacher are divided by.
    ///   - teacherTemperature: What the teacher's are divided by, if not by the same.
    /// - Returns: The loss.
    public static func sparseDistillKLDiv(
        similarity: LossSimilarity = .dot, temperature: Float = 2, teacherTemperature: Float? = nil
    ) -> TrainingLoss {
        TrainingLoss(
            SparseDistillKLDivLoss(
                DistillKLDivLoss(
                    similarity: similarity, studentTemperature: temperature,
                    teacherTemperature: teacherTemperature ?? temperature)))
    }
}
