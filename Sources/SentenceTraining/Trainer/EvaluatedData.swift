// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTransformers

/// Data that a loss is computed of: which columns it takes, and how they are read.
struct EvaluatedData {
    /// The data.
    let data: TrainingData
    private let loss: TrainingLoss
    private let arrangement: ColumnArrangement
    private let readings: [ColumnReading]
    private let batchSize: Int

    /// - Parameters:
    ///   - data: The data, at least one row.
    ///   - loss: The loss that takes them.
    ///   - kind: The kind of model.
    ///   - arguments: How texts are read, and how large batches are.
    /// - Throws: ``TrainingError`` if the data do not fit the loss.
    init(_ data: TrainingData, for loss: TrainingLoss, kind: ModelKind, _ arguments: TrainingArguments) throws {
        arrangement = try ColumnArrangement(data, for: loss.base.shape, lossName: loss.name, kind: kind)
        guard data.count > 0 else {
            throw TrainingError(.invalidData, "the evaluation data \"\(data.name)\" are empty")
        }
        self.data = data
        self.loss = loss
        readings = try arguments.readings(of: arrangement.inputNames, dataset: data.name, kind: kind)
        batchSize = arguments.evaluationBatchSize ?? arguments.batchSize
    }

    /// The mean loss of all rows, given that of a batch.
    func meanLoss(_ pipeline: ModelPipeline, _ lossOfBatch: (PreparedBatch) throws -> Double) throws -> Double {
        var sum = 0.0
        for start in stride(from: 0, to: data.count, by: batchSize) {
            let rows = Array(start..<min(start + batchSize, data.count))
            let random = RandomStream(seed: 0, step: 0, microBatch: start)
            let paired = loss.base.pairing(try arrangement.batch(data, rows: rows), random: random)
            let batch = try PreparedBatch(paired, readings: readings, for: pipeline)
            sum += try lossOfBatch(batch) * Double(rows.count)
        }
        return sum / Double(data.count)
    }
}
