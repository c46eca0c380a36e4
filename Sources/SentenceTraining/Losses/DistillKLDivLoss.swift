// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// How likely each document is for a query, as a teacher has it: KL(softmax(t / Tₜ) ‖ softmax(s / Tₛ)) · Tₛ², the mean
/// over rows.
///
/// Lin et al., *In-Batch Negatives for Knowledge Distillation with Tightly-Coupled Teachers for Dense Retrieval*, 2021,
/// <https://arxiv.org/abs/2010.11386>; Hinton et al., *Distilling the Knowledge in a Neural Network*, 2015,
/// <https://arxiv.org/abs/1503.02531>.
package struct DistillKLDivLoss: RegisteredLoss {
    package static let name = "DistillKLDivLoss"
    private let similarity: LossSimilarity
    private let temperature: (student: Float, teacher: Float)

    package init(similarity: LossSimilarity, studentTemperature: Float, teacherTemperature: Float) {
        self.similarity = similarity
        temperature = (studentTemperature, teacherTemperature)
    }

    package init(_ arguments: inout LossArguments) throws { try self.init(&arguments, temperature: 1) }

    init(_ arguments: inout LossArguments, temperature: Float) throws {
        let temperature = try arguments.float("temperature", default: temperature)
        self.init(
            similarity: try arguments.choice("similarity_fct") ?? .dot,
            studentTemperature: try arguments.float("student_temperature", default: temperature),
            teacherTemperature: try arguments.float("teacher_temperature", default: temperature))
    }

    package var shape: LossShape { .atLeast(3, labels: .numbers) }
    package var arguments: JSONObject {
        [
            "similarity_fct": .string(similarity.pairwiseArgument),
            "student_temperature": .double(Double(temperature.student)),
            "teacher_temperature": .double(Double(temperature.teacher)),
        ]
    }

    package func prepare(for model: ModelPipeline, random: RandomStream) throws {
        for temperature in [temperature.student, temperature.teacher] where !(temperature > 0 && temperature.isFinite) {
            throw TrainingError(.invalidArgument, "\(className): temperatures must be above 0, found \(temperature)")
        }
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        let query = batch.columns[0], documents = batch.columns[1...]
        guard let labels = batch.labels, labels.shape == [batch.rows, documents.count] else {
            throw batch.labelError(self, "a score for each document, that is shape [\(batch.rows), \(documents.count)]")
        }
        let scores = Tensor.beside(documents.map { similarity.pairwise(query, $0) })
        let divergence = ((1 / temperature.teacher) * labels).softmax()
            .divergence(fromLogits: (1 / temperature.student) * scores)
        return LossValue(temperature.student * temperature.student * divergence)
    }
}

extension Tensor {
    /// KL(p ‖ softmax(logits)), the mean over rows, of constant probabilities p: `[]`.
    func divergence(fromLogits logits: Tensor) -> Tensor {
        let p = detached
        let entropy = p.floats.reduce(0.0) { $0 + ($1 > 0 ? Double($1 * log($1)) : 0) }
        let sum = -1 * (p * logits.logSoftmax()).sum() + Float(entropy)
        return (1 / Float(max(1, rows))) * sum
    }
}

extension TrainingLoss {
    /// How likely each document is for a query, as a teacher has it; labels are the teacher's scores.
    ///
    /// - Parameters:
    ///   - similarity: How embeddings are compared.
    ///   - temperature: What the scores of model and teacher are divided by.
    ///   - teacherTemperature: What the teacher's are divided by, if not by the same.
    /// - Returns: The loss.
    public static func distillKLDiv(
        similarity: LossSimilarity = .dot, temperature: Float = 1, teacherTemperature: Float? = nil
    ) -> TrainingLoss {
        TrainingLoss(
            DistillKLDivLoss(
                similarity: similarity, studentTemperature: temperature,
                teacherTemperature: teacherTemperature ?? temperature))
    }
}
