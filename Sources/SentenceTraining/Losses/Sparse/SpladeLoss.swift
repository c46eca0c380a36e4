// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors
package import SentenceTransformers

/// Another loss, and two that keep embeddings sparse: L + w_d FLOPS(documents) + w_q FLOPS(queries).
///
/// Formal et al., *From Distillation to Hard Negative Sampling: Making Sparse Neural IR Models More Effective*, 2022,
/// <https://arxiv.org/abs/2205.04733>.
package struct SpladeLoss: RegisteredLoss {
    package static let name = "SpladeLoss"
    private var loss: any Loss
    /// The weight of what keeps documents sparse, which a schedule may change.
    package var documentWeight: Float
    /// The weight of what keeps queries sparse; nothing does if nil.
    package var queryWeight: Float?
    private let documents: FlopsLoss
    private let queries: FlopsLoss
    /// Whether all columns count as documents.
    private let hasDocumentsOnly: Bool
    /// How the weights rise at the beginning of a run.
    private let schedule: RegularizerSchedule

    package init(
        _ loss: any Loss, documentWeight: Float, queryWeight: Float?, documentThreshold: Int?, queryThreshold: Int?,
        hasDocumentsOnly: Bool, schedule: RegularizerSchedule = RegularizerSchedule()
    ) {
        self.schedule = schedule
        if var loss = loss as? any SparseBaseLoss {
            loss.isRegularized = true
            self.loss = loss
        } else {
            self.loss = loss
        }
        self.documentWeight = documentWeight
        self.queryWeight = hasDocumentsOnly ? nil : queryWeight
        documents = FlopsLoss(threshold: documentThreshold)
        queries = FlopsLoss(threshold: queryThreshold)
        self.hasDocumentsOnly = hasDocumentsOnly
    }

    package init(_ arguments: inout LossArguments) throws {
        for key in ["document_regularizer", "query_regularizer"] { try arguments.require(key, to: "FlopsLoss") }
        self.init(
            try arguments.loss("loss"), documentWeight: try arguments.float("document_regularizer_weight"),
            queryWeight: try arguments.optionalFloat("query_regularizer_weight"),
            documentThreshold: try arguments.optionalInt("document_regularizer_threshold"),
            queryThreshold: try arguments.optionalInt("query_regularizer_threshold"),
            hasDocumentsOnly: try arguments.bool("use_document_regularizer_only", default: false),
            schedule: RegularizerSchedule(
                try arguments.choice("scheduler_type") ?? .quadratic,
                warmupRatio: try arguments.double("warmup_ratio", default: 1 / 3)))
    }

    package var parameters: [NamedParameter] { loss.parameters.map { $0.inside("loss") } }
    package var embedding: LossEmbedding { loss.embedding }
    package var shape: LossShape { loss.shape }
    package var arguments: JSONObject {
        [
            "loss": .object(loss.configuration), "document_regularizer_weight": .double(Double(documentWeight)),
            "query_regularizer_weight": queryWeight.map { .double(Double($0)) } ?? .null,
            "document_regularizer_threshold": documents.threshold.map { .int($0) } ?? .null,
            "query_regularizer_threshold": queries.threshold.map { .int($0) } ?? .null,
            "use_document_regularizer_only": .bool(hasDocumentsOnly),
            "scheduler_type": .string(schedule.kind.rawValue), "warmup_ratio": .double(schedule.warmupRatio),
        ]
    }

    package func scheduled(step: Int, of total: Int) -> any Loss {
        let share = Float(schedule.share(step: step, of: total))
        var loss = self
        loss.documentWeight *= share
        loss.queryWeight = queryWeight.map { $0 * share }
        return loss
    }

    package var scheduledNumbers: [(name: String, value: Float)] {
        [("document_regularizer_weight", documentWeight)]
            + (queryWeight.map { [("query_regularizer_weight", $0)] } ?? [])
    }

    package mutating func update(_ values: ParameterValues) { loss.update(values) }
    package mutating func prepare(for model: ModelPipeline, random: RandomStream) throws {
        guard model.kind == .sparseEncoder else {
            throw TrainingError(.mismatchedLoss, "\(className) trains sparse encoders, found a \(model.kind)")
        }
        guard schedule.warmupRatio > 0, schedule.warmupRatio <= 1 else {
            throw TrainingError(
                .invalidArgument, "warmup_ratio is \(schedule.warmupRatio); it must be above 0, and at most 1")
        }
        try loss.prepare(for: model, random: random)
    }

    package func callAsFunction(_ batch: LossBatch) throws -> LossValue {
        var parts = try loss(batch).parts.map { (name: $0.name.isEmpty ? "base_loss" : $0.name, value: $0.value) }
        let regularized = hasDocumentsOnly ? batch.columns[...] : batch.columns.dropFirst()
        if !regularized.isEmpty {
            parts.append(("document_regularizer_loss", documentWeight * documents(.above(Array(regularized)))))
        }
        if let queryWeight { parts.append(("query_regularizer_loss", queryWeight * queries(batch.columns[0]))) }
        return LossValue(parts)
    }
}

extension TrainingLoss {
    /// Another loss of sparse embeddings, and what keeps these sparse.
    ///
    /// - Parameters:
    ///   - loss: What is learned.
    ///   - documentWeight: The weight of what keeps documents sparse, that is all columns but the first.
    ///   - queryWeight: The weight of what keeps queries sparse, the first column; nothing does if nil.
    ///   - documentThreshold: Documents with so many words or fewer are sparse enough; no document is if nil.
    ///   - queryThreshold: The same for queries.
    ///   - hasDocumentsOnly: Whether all columns count as documents; `queryWeight` means nothing then.
    ///   - schedule: How the weights rise at the beginning of a run. The loss of evaluation data has them whole.
    ///   - isCached: Whether texts are embedded twice to save memory; the result is the same to rounding.
    /// - Returns: The loss.
    public static func splade(
        _ loss: TrainingLoss = .sparseMultipleNegativesRanking(), documentWeight: Float = 3e-5,
        queryWeight: Float? = 5e-5, documentThreshold: Int? = nil, queryThreshold: Int? = nil,
        hasDocumentsOnly: Bool = false, schedule: RegularizerSchedule = RegularizerSchedule(), isCached: Bool = false
    ) -> TrainingLoss {
        let splade = SpladeLoss(
            loss.base, documentWeight: documentWeight, queryWeight: queryWeight, documentThreshold: documentThreshold,
            queryThreshold: queryThreshold, hasDocumentsOnly: hasDocumentsOnly, schedule: schedule)
        return TrainingLoss(isCached ? CachedLoss(splade) : splade)
    }
}
