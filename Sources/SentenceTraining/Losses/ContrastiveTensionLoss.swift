// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// Two copies of a model should agree on equal texts and differ on others:
/// Σ -y log σ(f(a) · g(b)) - (1 - y) log(1 - σ(f(a) · g(b))).
///
/// The first column is embedded by a copy, whose parameters are the loss's, the second by the model. Without labels, a
/// pair of equal texts has label 1. Carlsson et al., *Semantic Re-tuning with Contrastive Tension*, 2021,
/// <https://openreview.net/forum?id=Ov_sMNau-PF>.
package struct ContrastiveTensionLoss: RegisteredLoss {
    package static let name = "ContrastiveTensionLoss"
    private var copy: ModelPipeline?

    package init() {}
    package init(_ arguments: inout LossArguments) throws {}

    package var shape: LossShape { LossShape(columns: 2...2, labels: .optional) }
    package var arguments: JSONObject { [:] }
    package var parameters: [NamedParameter] { copy.copiedParameters }
    package var embedding: LossEmbedding {
        var embedding = LossEmbedding()
        embedding.models[0] = copy
        return embedding
    }

    package mutating func update(_ values: ParameterValues) { copy.update(values) }
    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {
        copy = try model.copyWithOwnParameters()
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let y = try Tensor(batch.labels == nil ? equalities(batch) : batch.numbers(for: self), shape: [batch.rows, 1])
        let x = batch.columns[0].rowDots(batch.columns[1])
        return LossValue((x.activated(.softPlus) - y * x).sum())
    }

    /// 1 for each row whose texts are the same to the model, otherwise 0.
    private func equalities(_ batch: LossBatch) -> [Float] {
        (0..<batch.rows).map { batch.ids(column: 0, row: $0) == batch.ids(column: 1, row: $0) ? 1 : 0 }
    }
}

extension ModelPipeline {
    /// The same model with parameters of its own, which begin with the same values.
    ///
    /// - Throws: What saving and loading throw.
    func copyWithOwnParameters() throws -> ModelPipeline { try TemporaryCopy.of(self) }
}

extension ModelPipeline? {
    /// The parameters of a copy, by the name that the reference gives it.
    var copiedParameters: [NamedParameter] { self?.parameters.distinct.map { $0.inside("model1") } ?? [] }
}

extension TrainingLoss {
    /// Two copies of a model should agree on equal texts and differ on others; needs no labels.
    public static func contrastiveTension() -> TrainingLoss { TrainingLoss(ContrastiveTensionLoss()) }
}
