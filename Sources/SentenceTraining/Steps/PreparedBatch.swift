// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTransformers

/// How the inputs of a column are read.
package struct ColumnReading: Sendable, Hashable {
    /// What the inputs are in a search.
    package var task: EncodingTask?
    /// The text before each of them.
    package var prompt = ""
    /// Tokens that an input may have; the model's limit if nil.
    package var maximumLength: Int?

    /// Inputs of no task, without a prompt.
    package init(task: EncodingTask? = nil, prompt: String = "", maximumLength: Int? = nil) {
        self.task = task
        self.prompt = prompt
        self.maximumLength = maximumLength
    }
}

/// A batch whose texts have been turned into tokens, which happens ahead of the step on another thread.
package struct PreparedBatch: Sendable {
    /// The rows.
    package let batch: TrainingBatch
    /// What the model reads of each column.
    let inputs: [InputBatch]
    /// How the forward pass runs for each column.
    let calls: [ForwardCall]

    /// The tokens of all columns.
    package var tokenCount: Int {
        inputs.reduce(0) { sum, input in (0..<input.count).reduce(sum) { $0 + input.length(of: $1) } }
    }

    /// Reads all columns of a batch; those beyond the readings, which a loss has added, as the last of them.
    ///
    /// - Throws: ``SentenceTransformersError`` if there is no route for a task; what the tokenizer throws.
    package init(_ batch: TrainingBatch, readings: [ColumnReading], for pipeline: ModelPipeline) throws {
        self.batch = batch
        var inputs: [InputBatch] = [], calls: [ForwardCall] = []
        for (index, column) in batch.columns.enumerated() {
            let reading = readings[min(index, readings.count - 1)]
            let route = try pipeline.route(for: reading.task)
            let limit = route.input.maximumLength(reading.maximumLength, for: reading.task)
            let tokens = try route.input.tokenize(
                column, prompt: reading.prompt, maximumLength: limit, task: reading.task)
            let promptLimit = route.input.maximumLength(reading.maximumLength, for: nil)
            let promptLength =
                reading.prompt.isEmpty ? 0 : try route.input.promptLength(reading.prompt, maximumLength: promptLimit)
            inputs.append(.tokens(tokens))
            calls.append(ForwardCall(task: reading.task, promptLength: promptLength))
        }
        (self.inputs, self.calls) = (inputs, calls)
    }

    private init(_ batch: TrainingBatch, _ inputs: [InputBatch], _ calls: [ForwardCall]) {
        (self.batch, self.inputs, self.calls) = (batch, inputs, calls)
    }

    /// The columns that a loss asks for, in its order, and perhaps twice.
    func selecting(_ columns: [Int]?) -> PreparedBatch {
        guard let columns else { return self }
        return PreparedBatch(batch, columns.map { inputs[$0] }, columns.map { calls[$0] })
    }
}
