// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a run measures at an evaluation: its evaluators, the loss of its evaluation data, how embeddings lie.
struct TrainingEvaluator<Model: BaseModel> {
    private let trainer: Trainer<Model>
    private let losses: [(data: EvaluatedData, loss: Int)]
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
            return (try EvaluatedData(data, for: trainer.losses[index], kind: Model.kind, trainer.arguments), index)
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

    /// The metrics of the model as it is, which of them the last evaluator decides by, and how its embeddings lie.
    ///
    /// As in the reference, results of evaluators also go to files in the folder `eval` of the run.
    func callAsFunction(_ session: borrowing TrainingSession<Model>, epoch: Double) throws -> Found {
        var found = Found()
        for (data, loss) in losses {
            let value = try data.meanLoss(session.model.pipeline) { try session.evaluate(loss, $0) }
            let name = losses.count == 1 ? "eval_loss" : "eval_\(data.data.name)_loss"
            found.metrics.append(Metric(name, value))
        }
        if !trainer.evaluators.isEmpty {
            let model = try session.snapshot()
            for evaluator in trainer.evaluators {
                let result = try evaluator.evaluate(model)
                found.metrics += result.metrics.map { Metric("eval_\($0.name)", $0.value) }
                found.primary.append(("eval_\(result.primaryMetric)", evaluator.greaterIsBetter))
                if let folder { try result.write(to: folder, epoch: epoch, steps: session.stepCount) }
            }
        }
        found.spread = try sample.map { try session.embeddings($0) }.flatMap(EmbeddingSpread.init)
        return found
    }

    /// What an evaluation found.
    struct Found {
        var metrics: [Metric] = []
        /// The primary metric of each evaluator, and whether more of it is better.
        var primary: [(name: String, isMoreBetter: Bool)] = []
        var spread: EmbeddingSpread?
    }

    /// Where the files of evaluators are.
    private var folder: URL? { trainer.arguments.outputDirectory?.appending(path: "eval") }

    /// Removes what a run has written after the step that it goes on from.
    func removeResults(after step: Int) throws {
        // A run that begins has no results yet.
        if let folder { try EvaluationRow.removeRows(after: step == 0 ? -1 : step, in: folder) }
    }

    /// The metric that says which model is best, and whether more of it is better.
    ///
    /// - Throws: ``TrainingError`` if the arguments name a metric that there is not.
    func criterion(_ found: Found) throws -> (name: String, isMoreBetter: Bool) {
        let arguments = trainer.arguments
        if let asked = arguments.metricForBestModel {
            let name = asked.hasPrefix("eval_") ? asked : "eval_\(asked)"
            guard found.metrics.contains(where: { $0.name == name }) else {
                throw TrainingError(
                    .invalidArgument,
                    "metricForBestModel is \(asked); there are "
                        + found.metrics.map { String($0.name.dropFirst(5)) }.joined(separator: ", "))
            }
            let owner = found.primary.first { $0.name == name }
            return (name, arguments.greaterIsBetter ?? owner?.isMoreBetter ?? !name.hasSuffix("loss"))
        }
        if let last = found.primary.last { return (last.name, arguments.greaterIsBetter ?? last.isMoreBetter) }
        return (found.metrics.first?.name ?? "eval_loss", arguments.greaterIsBetter ?? false)
    }
}
