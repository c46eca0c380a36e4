// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// A loss of sparse embeddings that does not keep them sparse itself.
package protocol SparseBaseLoss: Loss {
    /// Whether it stands inside a loss that does.
    var isRegularized: Bool { get set }
}

extension SparseBaseLoss {
    /// Refuses a loss that stands alone, with which embeddings would become dense.
    ///
    /// - Throws: ``TrainingError`` that says what to put it into.
    func requireRegularization() throws {
        guard !isRegularized else { return }
        throw TrainingError(
            .mismatchedLoss, "\(className) alone does not keep embeddings sparse; put it inside a SpladeLoss")
    }
}

/// A loss of sparse embeddings that compares them as another loss does.
package protocol SparseFormLoss: RegisteredLoss, SparseBaseLoss {
    /// The type of the other loss.
    associatedtype Form: RegisteredLoss
    /// The other loss.
    var form: Form { get }
    /// A loss that compares as another one does.
    init(_ form: Form)
}

extension SparseFormLoss {
    package var shape: LossShape { form.shape }
    package var arguments: JSONObject { form.arguments }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try requireRegularization()
        var form = form
        try form.prepare(for: model, random: random)
    }
    package func callAsFunction(_ batch: LossBatch) throws -> LossValue { try form(batch) }
}
