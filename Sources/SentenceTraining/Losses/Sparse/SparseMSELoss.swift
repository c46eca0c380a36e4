// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

/// How far sparse embeddings are from a teacher's, which are the labels and are sparse too: ``MSELoss``.
package struct SparseMSELoss: RegisteredLoss {
    package static let name = "SparseMSELoss"
    private let loss = MSELoss(projectionDimension: nil)

    package init() {}
    package init(_ arguments: inout LossArguments) throws {}

    package var shape: LossShape { loss.shape }
    package var arguments: JSONObject { [:] }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue { try loss(batch) }
}

extension TrainingLoss {
    /// How far sparse embeddings are from a teacher's, which are the labels, squared.
    public static func sparseMSE() -> TrainingLoss { TrainingLoss(SparseMSELoss()) }
}
