// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
public import SentenceTransformers

/// Measures the loss of data, less of which is better.
///
/// A trainer does this for its evaluation data by itself.
public struct LossEvaluator<Model: BaseModel>: Evaluator {
    /// What precedes the name of the metric.
    public let name: String
    private let data: TrainingData
    private let loss: TrainingLoss
    private let arguments: TrainingArguments

    /// An evaluator for data that a loss takes.
    ///
    /// - Parameters:
    ///   - data: The data, at least one row.
    ///   - loss: The loss, which must not learn anything itself: a new one would have learnt nothing yet.
    ///   - arguments: How texts are read, how large batches are, and how is computed.
    ///   - name: What precedes the name of the metric.
    /// - Throws: ``TrainingError`` if the data do not fit the loss.
    public init(
        data: TrainingData, loss: TrainingLoss, arguments: TrainingArguments = TrainingArguments(), name: String = ""
    ) throws {
        _ = try EvaluatedData(data, for: loss, kind: Model.kind, arguments)
        self.data = data
        self.loss = loss
        self.arguments = arguments
        self.name = name
    }

    /// Less is better.
    public var greaterIsBetter: Bool { false }

    /// `loss`, the mean of all rows.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        let session = try TrainingSession(model, losses: [loss], arguments: arguments, totalSteps: 1)
        guard session.lossValues.isEmpty else {
            throw TrainingError(
                .mismatchedLoss,
                "\(loss.name) learns something itself (\(session.lossValues[0].name)), which only its run knows; give the "
                    + "data to the trainer as evaluation data")
        }
        let data = try EvaluatedData(data, for: loss, kind: Model.kind, arguments)
        let call = LongCall.current
        let mean = try data.meanLoss(model.pipeline) { batch in
            try call.check()
            return try session.evaluate(0, batch)
        }
        return result(
            [Metric("loss", mean)], primary: "loss",
            EvaluationRow(file: fileName("loss_evaluation"), [("loss", mean)]))
    }
}
