// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// How far embeddings are from a teacher's, which are the labels: the mean over columns and rows of 1 - cos(e, t), of
/// (e - t)², or of |e - t|.
///
/// A learned layer may map embeddings to the teacher's dimensions. Kim et al., *EmbedDistill: A Geometric Knowledge
/// Distillation for Information Retrieval*, 2023, <https://arxiv.org/abs/2301.12005>; Reimers and Gurevych, *Making
/// Monolingual Sentence Embeddings Multilingual using Knowledge Distillation*, 2020,
/// <https://arxiv.org/abs/2004.09813>.
package struct EmbedDistillLoss: RegisteredLoss {
    package static let name = "EmbedDistillLoss"
    private let distance: TeacherDistance
    private let projectionDimension: Int?
    private var projection: Projection?

    package init(distance: TeacherDistance, projectionDimension: Int?) {
        self.distance = distance
        self.projectionDimension = projectionDimension
    }

    package init(_ arguments: inout LossArguments) throws {
        self.init(
            distance: try arguments.choice("distance_metric") ?? .cosine,
            projectionDimension: try arguments.optionalInt("projection_dim"))
    }

    package var shape: LossShape { .atLeast(1, labels: .numbers) }
    package var parameters: [NamedParameter] { projection?.parameters.map { $0.inside("projection") } ?? [] }
    package var arguments: JSONObject {
        [
            "distance_metric": .string(distance.rawValue),
            "projection_dim": projectionDimension.map { .int($0) } ?? .null,
        ]
    }

    package mutating func update(_ values: ParameterValues) { projection.update(values) }
    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {
        guard let projectionDimension else { return }
        guard projectionDimension > 0 else {
            throw TrainingError(
                .invalidArgument, "\(className): projection_dim must be 1 or more, found \(projectionDimension)")
        }
        let size = try SentenceTransformer(pipeline: model).embeddingDimension
        projection = Projection(inputs: size, outputs: projectionDimension, random)
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let columns =
            try projectionDimension == nil
            ? batch.columns : batch.columns.map { try projection.fitting($0, self) }
        let teachers = try teachers(batch, size: columns[0].columns)
        let distances = zip(columns, teachers).map { distance($0, $1) }
        return LossValue((1 / Float(columns.count)) * distances.dropFirst().reduce(distances[0], +))
    }

    /// The teacher's embeddings for each column, `[rows, size]`.
    private func teachers(_ batch: LossBatch, size: Int) throws -> [Tensor] {
        let (rows, count) = (batch.rows, batch.columns.count)
        guard let labels = batch.labels else { throw batch.labelError(self, "a teacher's embeddings") }
        if labels.shape == [rows, size] { return batch.columns.map { _ in labels } }
        guard labels.shape == [rows, count, size] else {
            throw batch.labelError(
                self,
                "a teacher's embeddings, that is shape [\(rows), \(size)], or [\(rows), \(count), \(size)] for each column"
            )
        }
        let all = labels.reshaped([rows * count, size])
        return (0..<count).map { column in all.gatheringRows((0..<rows).map { $0 * count + column }) }
    }
}

/// How far an embedding is from a teacher's.
public enum TeacherDistance: String, Sendable, CaseIterable, LossChoice {
    /// 1 less the cosine of the angle.
    case cosine
    /// The mean of the squared differences.
    case meanSquare = "mse"
    /// The length of the difference.
    case length = "l2"

    /// The mean over all rows, `[]`.
    fileprivate func callAsFunction(_ found: Tensor, _ teacher: Tensor) -> Tensor {
        switch self {
        case .cosine: LossDistance.cosine.pairwise(found, teacher).mean()
        case .meanSquare: (found - teacher).squared().mean()
        case .length: LossDistance.euclidean.pairwise(found, teacher).mean()
        }
    }
}

extension TrainingLoss {
    /// How far embeddings are from a teacher's, which are the labels.
    ///
    /// - Parameters:
    ///   - distance: How distances are measured.
    ///   - projectionDimension: The dimensions of the teacher, if a layer that maps to them is learned too.
    /// - Returns: The loss.
    public static func embedDistill(
        distance: TeacherDistance = .cosine, projectionDimension: Int? = nil
    ) -> TrainingLoss {
        TrainingLoss(EmbedDistillLoss(distance: distance, projectionDimension: projectionDimension))
    }
}
