// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
public import SentenceTransformers

/// Trains embedding models.
public typealias SentenceTransformerTrainer = Trainer<SentenceTransformer>
/// Trains rerankers.
public typealias CrossEncoderTrainer = Trainer<CrossEncoder>
/// Trains sparse encoders.
public typealias SparseEncoderTrainer = Trainer<SparseEncoder>
/// Trains late-interaction models.
public typealias MultiVectorEncoderTrainer = Trainer<MultiVectorEncoder>

/// Trains a model of any kind.
///
/// ```swift
/// let trainer = SentenceTransformerTrainer(
///     model: try await SentenceTransformer("all-MiniLM-L6-v2"), arguments: TrainingArguments(epochs: 1),
///     datasets: [try TrainingData(contentsOf: url)], loss: .multipleNegativesRanking())
/// let result = try await trainer.train()
/// try result.save(to: folder)
/// ```
public struct Trainer<Model: BaseModel>: Sendable {
    /// The model that the run begins with; it does not change.
    public let model: Model
    /// How it is trained.
    public let arguments: TrainingArguments
    /// What it learns from.
    public let datasets: [TrainingData]
    /// The loss of each data set.
    public let losses: [TrainingLoss]
    /// What the loss is computed of at evaluations.
    public let evaluationDatasets: [TrainingData]
    /// What measures the model at evaluations.
    public let evaluators: [any Evaluator<Model>]
    /// What hears how the run goes.
    public let callbacks: [any TrainingCallback]

    /// A trainer whose data sets all have the same loss.
    public init(
        model: Model, arguments: TrainingArguments = TrainingArguments(), datasets: [TrainingData], loss: TrainingLoss,
        evaluationDatasets: [TrainingData] = [], evaluators: [any Evaluator<Model>] = [],
        callbacks: [any TrainingCallback] = []
    ) {
        self.model = model
        self.arguments = arguments
        self.datasets = datasets
        losses = datasets.map { _ in loss }
        self.evaluationDatasets = evaluationDatasets
        self.evaluators = evaluators
        self.callbacks = callbacks
    }

    /// A trainer whose data sets have losses of their own, by the name of the data set.
    ///
    /// - Throws: ``TrainingError`` if a data set has no loss.
    public init(
        model: Model, arguments: TrainingArguments = TrainingArguments(), datasets: [TrainingData],
        losses: [String: TrainingLoss], evaluationDatasets: [TrainingData] = [],
        evaluators: [any Evaluator<Model>] = [], callbacks: [any TrainingCallback] = []
    ) throws {
        self.model = model
        self.arguments = arguments
        self.datasets = datasets
        self.losses = try datasets.map { data in
            guard let loss = losses[data.name] else {
                throw TrainingError(
                    .invalidArgument,
                    "the data set \"\(data.name)\" has no loss; there are losses for "
                        + losses.keys.sorted().map { "\"\($0)\"" }.joined(separator: ", "))
            }
            return loss
        }
        self.evaluationDatasets = evaluationDatasets
        self.evaluators = evaluators
        self.callbacks = callbacks
    }

    /// Trains the model; the caller's thread is not blocked.
    ///
    /// When the task is cancelled, a checkpoint is saved if the run has a folder for them.
    ///
    /// - Parameter resuming: Whether to go on from the last checkpoint in the arguments' folder, if there is one.
    /// - Returns: The trained model, and how it went.
    /// - Throws: ``TrainingError``, `CheckpointError` if something cannot be written, `CancellationError`.
    public func train(resuming: Bool = false) async throws -> TrainingResult<Model> {
        try await Blocking.run { try trainBlocking(resuming: resuming) }
    }

    /// Trains the model on the caller's thread.
    ///
    /// - Parameter resuming: Whether to go on from the last checkpoint in the arguments' folder, if there is one.
    /// - Returns: The trained model, and how it went.
    /// - Throws: As the form that does not block.
    public func trainBlocking(resuming: Bool = false) throws -> TrainingResult<Model> {
        try TrainingRun(self)(resuming: resuming)
    }

    /// Checks data, columns and arguments as `train` does, without training or writing anything.
    ///
    /// - Throws: ``TrainingError``.
    public func plan() throws -> TrainingPlan { try TrainingRun(self).plan() }
}

/// What a run leaves.
public struct TrainingResult<Model: BaseModel>: Sendable {
    /// The trained model; the best one where the arguments say so.
    public let model: Model
    /// What was logged.
    public let history: TrainingHistory
    /// Whether a callback interrupted the run, which can go on from its checkpoint.
    public let isInterrupted: Bool
    /// The step that the model has.
    public let step: Int
    /// The largest memory of the process, in bytes.
    public let peakMemory: Int
    /// Seconds that the run took.
    public let seconds: Double
    /// What the run was told, for the card of the model.
    package let trainer: Trainer<Model>
}

extension SentenceTransformer {
    /// Trains a copy of the model and returns it.
    ///
    /// - Throws: ``TrainingError``, `CancellationError`.
    public func trained(
        on data: TrainingData, loss: TrainingLoss, _ arguments: TrainingArguments = TrainingArguments()
    ) async throws -> SentenceTransformer {
        try await SentenceTransformerTrainer(model: self, arguments: arguments, datasets: [data], loss: loss).train()
            .model
    }
}
