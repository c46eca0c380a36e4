// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors

/// How far the cosine of a pair is from its label: the mean of (cos(aᵢ, bᵢ) - yᵢ)².
///
/// Reimers and Gurevych, *Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks*, 2019,
/// <https://arxiv.org/abs/1908.10084>.
package struct CosineSimilarityLoss: RegisteredLoss {
    package static let name = "CosineSimilarityLoss"
    private let transformation: Activation

    package init(transformation: Activation = .identity) { self.transformation = transformation }

    package init(_ arguments: inout LossArguments) throws {
        try arguments.require("loss_fct", to: "torch.nn.modules.loss.MSELoss")
        self.init(transformation: try arguments.activation("cos_score_transformation"))
    }

    package var shape: LossShape { LossShape(columns: 2...2, labels: .number) }
    package var arguments: JSONObject {
        [
            "loss_fct": "torch.nn.modules.loss.MSELoss",
            "cos_score_transformation": .string(LossArguments.torchName(of: transformation)),
        ]
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let labels = try Tensor(batch.numbers(for: self), shape: [batch.rows, 1])
        let scores = LossSimilarity.cosine.pairwise(batch.columns[0], batch.columns[1]).activated(transformation)
        return LossValue((scores - labels).squared().mean())
    }
}

extension TrainingLoss {
    /// How far the cosine of a pair is from its label, squared.
    public static func cosineSimilarity() -> TrainingLoss { TrainingLoss(CosineSimilarityLoss()) }
}
