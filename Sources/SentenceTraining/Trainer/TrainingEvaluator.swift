// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// What a run measures at an evaluation: its evaluators, the loss of its evaluation data, how embeddings lie.
struct TrainingEvaluator<Model: BaseModel> {
    private let trainer: Trainer<Model>
    private let losses: [(data: TrainingData, arrangement: ColumnArrangement, readings: [ColumnReading], loss: Int)]
    private let sample: PreparedBatch?

    /// Rows whose embeddings say how embeddings lie.
    private static var sampleSize: Int { 128 }

    /// - Parameters:
    ///   - trainer: The trainer.
    ///   - arrangement: The columns of the first data set, of whose rows some are the sample.
    ///   - readings: How these columns are read.
    /// - Throws: ``TrainingError`` if evaluation data do not fit the loss.
    init(_ trainer: Trainer<Model>, _ arrangement: ColumnArrangement, _ readings: [ColumnReading]) throws {
        self.trainer = trainer
        losses = try trainer.evaluationDatasets.map { data in
            // The loss of the training data of the same name, or else the first one.
            let index = trainer.datasets.firstIndex { $0.name == data.name } ?? 0
            let loss = trainer.losses[index]
            let arrangement = try ColumnArrangement(data, for: loss.base.shape, lossName: loss.name, kind: Model.kind)
            guard data.count > 0 else {
                throw TrainingError(.invalidData, "the evaluation data \"\(data.name)\" are empty")
            }
            return (
                data, arrangement,
                try trainer.arguments.readings(of: arrangement.inputNames, dataset: data.name, kind: Model.kind), index
            )
        }
        guard Model.kind == .sentenceTransformer || Model.kind == .sparseEncoder else {
            sample = nil
            return
        }
        let data = trainer.datasets[0], count = min(data.count, Self.sampleSize)
        // Rows from everywhere, since neighbours are often alike.
        var batch = try arrangement.batch(data, rows: (0..<count).map { $0 * data.count / max(1, count) })
        batch.columns = Array(batch.columns.prefix(1))
        sample = try PreparedBatch(batch, readings: readings, for: trainer.model.pipeline)
    }

    /// Whether there is anything to evaluate.
    var isAsked: Bool { !trainer.evaluators.isEmpty || !losses.isEmpty }

    /// The metrics of the model as it is, and how its embeddings lie.
    func callAsFunction(
        _ session: borrowing TrainingSession<Model>
    ) throws -> (metrics: [Metric], spread: EmbeddingSpread?) {
        var metrics: [Metric] = []
        for (data, arrangement, readings, loss) in losses {
            var sum = 0.0
            let size = trainer.arguments.evaluationBatchSize ?? trainer.arguments.batchSize
            for start in stride(from: 0, to: data.count, by: size) {
                let rows = Array(start..<min(start + size, data.count))
                let batch = try PreparedBatch(
                    arrangement.batch(data, rows: rows), readings: readings, for: session.model.pipeline)
                sum += try session.evaluate(loss, batch) * Double(rows.count)
            }
            let name = losses.count == 1 ? "eval_loss" : "eval_\(data.name)_loss"
            metrics.append(Metric(name, sum / Double(data.count)))
        }
        if !trainer.evaluators.isEmpty {
            let model = try session.snapshot()
            for evaluator in trainer.evaluators {
                metrics += try evaluator.evaluate(model).map { Metric("eval_\($0.name)", $0.value) }
            }
        }
        let embeddings = try sample.map { try session.embeddings($0) }
        return (metrics, embeddings.flatMap(EmbeddingSpread.init))
    }

    /// The metric that says which model is best, and whether more of it is better.
    ///
    /// - Throws: ``TrainingError`` if the arguments name a metric that there is not.
    func criterion(among metrics: [Metric]) throws -> (name: String, isMoreBetter: Bool) {
        let arguments = trainer.arguments
        if let asked = arguments.metricForBestModel {
            let name = asked.hasPrefix("eval_") ? asked : "eval_\(asked)"
            guard metrics.contains(where: { $0.name == name }) else {
                throw TrainingError(
                    .invalidArgument,
                    "metricForBestModel is \(asked); there are "
                        + metrics.map { String($0.name.dropFirst(5)) }.joined(separator: ", "))
            }
            let owner = trainer.evaluators.first { "eval_\($0.primaryMetric)" == name }
            return (name, arguments.greaterIsBetter ?? owner?.greaterIsBetter ?? !name.hasSuffix("loss"))
        }
        if let last = trainer.evaluators.last {
            return ("eval_\(last.primaryMetric)", arguments.greaterIsBetter ?? last.greaterIsBetter)
        }
        return (metrics.first?.name ?? "eval_loss", arguments.greaterIsBetter ?? false)
    }
}
