// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// How likely each document is for a query, as a teacher has it, compared by late interaction:
/// KL(softmax(t / Tₜ) ‖ softmax(s / Tₛ)) · Tₛ², the mean over rows.
///
/// Lin et al., *In-Batch Negatives for Knowledge Distillation with Tightly-Coupled Teachers for Dense Retrieval*, 2021,
/// <https://aclanthology.org/2021.repl4nlp-1.17>.
package struct MultiVectorDistillKLDivLoss: RegisteredLoss {
    package static let name = "MultiVectorDistillKLDivLoss"
    private let scoring: MultiVectorScoring
    private let temperature: (student: Float, teacher: Float)

    package init(scoring: MultiVectorScoring, studentTemperature: Float, teacherTemperature: Float) {
        self.scoring = scoring
        temperature = (studentTemperature, teacherTemperature)
    }

    package init(_ arguments: inout LossArguments) throws {
        arguments.ignore("mini_batch_size")
        let temperature = try arguments.float("temperature", default: 1)
        self.init(
            scoring: try arguments.scoring(),
            studentTemperature: try arguments.float("student_temperature", default: temperature),
            teacherTemperature: try arguments.float("teacher_temperature", default: temperature))
    }

    package var shape: LossShape { .atLeast(3, labels: .numbers) }
    package var arguments: JSONObject {
        [
            "similarity_fct": .string(scoring.argument(.own)),
            "student_temperature": .double(Double(temperature.student)),
            "teacher_temperature": .double(Double(temperature.teacher)),
        ]
    }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        try model.requireVectors(for: self, scoring)
        for temperature in [temperature.student, temperature.teacher] where !(temperature > 0 && temperature.isFinite) {
            throw TrainingError(.invalidArgument, "\(className): temperatures must be above 0, found \(temperature)")
        }
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let vectors = batch.vectors, count = vectors.count - 1
        guard let labels = batch.labels, labels.shape == [batch.rows, count] else {
            throw batch.labelError(self, "a score for each document, that is shape [\(batch.rows), \(count)]")
        }
        let scores = scoring.own(vectors[0], Array(vectors.dropFirst()))
        let divergence = ((1 / temperature.teacher) * labels).softmax()
            .divergence(fromLogits: (1 / temperature.student) * scores)
        return LossValue(temperature.student * temperature.student * divergence)
    }
}

extension TrainingLoss {
    /// How likely each document is for a query, as a teacher has it, compared by late interaction; labels are the teacher's
    /// scores.
    ///
    /// - Parameters:
    ///   - scoring: How vectors are compared.
    ///   - temperature: What the scores of model and teacher are divided by.
    ///   - teacherTemperature: What the teacher's are divided by, if not by the same.
    /// - Returns: The loss.
    public static func multiVectorDistillKLDiv(
        scoring: MultiVectorScoring = .maxSim, temperature: Float = 1, teacherTemperature: Float? = nil
    ) -> TrainingLoss {
        TrainingLoss(
            MultiVectorDistillKLDivLoss(
                scoring: scoring, studentTemperature: temperature, teacherTemperature: teacherTemperature ?? temperature
            ))
    }
}
