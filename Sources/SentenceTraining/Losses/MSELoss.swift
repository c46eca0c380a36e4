// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// How far embeddings are from a teacher's, which are the labels: the mean of (e - t)².
///
/// Reimers and Gurevych, *Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation*, 2020,
/// <https://arxiv.org/abs/2004.09813>.
package struct MSELoss: RegisteredLoss {
    package static let name = "MSELoss"
    private var loss: EmbedDistillLoss

    package init(projectionDimension: Int?) {
        loss = EmbedDistillLoss(distance: .meanSquare, projectionDimension: projectionDimension)
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(projectionDimension: try arguments.optionalInt("projection_dim"))
    }

    package var shape: LossShape { loss.shape }
    package var parameters: [NamedParameter] { loss.parameters }
    package var arguments: JSONObject { loss.arguments.filter { $0.key == "projection_dim" } }

    package mutating func update(_ values: ParameterValues) { loss.update(values) }
    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try loss.prepare(for: model, random: random)
    }
    package func callAsFunction(_ batch: LossBatch) throws -> LossValue { try loss(batch) }
}

extension TrainingLoss {
    /// How far embeddings are from a teacher's, which are the labels, squared.
    ///
    /// - Parameter projectionDimension: The dimensions of the teacher, if a layer that maps to them is learned too.
    /// - Returns: The loss.
    public static func mse(projectionDimension: Int? = nil) -> TrainingLoss {
        TrainingLoss(MSELoss(projectionDimension: projectionDimension))
    }
}
