// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Hears what a run does, and may end it.
///
/// All functions are called on the thread of the run, one at a time.
public protocol TrainingCallback: Sendable {
    /// The run is about to begin.
    func willBegin(_ plan: TrainingPlan)
    /// A step was taken.
    func didStep(_ progress: TrainingProgress) -> TrainingControl
    /// The model was evaluated.
    func didEvaluate(_ evaluation: TrainingEvaluation)
    /// A checkpoint was saved.
    func didSave(_ checkpoint: URL, step: Int)
    /// Something should be known, but does not end the run.
    func didWarn(_ message: String)
}

extension TrainingCallback {
    /// Nothing happens.
    public func willBegin(_ plan: TrainingPlan) {}
    /// The run goes on.
    public func didStep(_ progress: TrainingProgress) -> TrainingControl { .goOn }
    /// Nothing happens.
    public func didEvaluate(_ evaluation: TrainingEvaluation) {}
    /// Nothing happens.
    public func didSave(_ checkpoint: URL, step: Int) {}
    /// Nothing happens.
    public func didWarn(_ message: String) {}
}

/// What a run does after a step.
public enum TrainingControl: Sendable {
    /// It takes the next step.
    case goOn
    /// It ends here as if all steps had been taken.
    case finish
    /// It saves a checkpoint, from which it can go on later, and ends.
    case interrupt
}

/// What a run is going to do.
public struct TrainingPlan: Sendable {
    /// The steps of the whole run.
    public let totalSteps: Int
    /// The steps of one epoch.
    public let stepsPerEpoch: Int
    /// The steps that a checkpoint has taken already.
    public let completedSteps: Int
    /// The rows of all data sets.
    public let rowCount: Int
    /// The first rows of each data set, as its loss sees them.
    public let previews: [String]
    /// Numbers that the run changes, and all that the model has.
    public let trainedParameterCount: Int
    /// The metrics of the untouched model, where a run goes on; otherwise the first evaluation finds them.
    public let baseline: [Metric]
    /// All numbers that the model learns.
    public let parameterCount: Int
}

/// How far a run is, after a step.
public struct TrainingProgress: Sendable {
    /// The number of the step, from 1 on.
    public let step: Int
    /// The steps of the whole run.
    public let totalSteps: Int
    /// Epochs so far.
    public let epoch: Double
    /// The loss before the step's update.
    public let loss: Double
    /// The parts of the loss, if it has several, and the weights of parts that follow a schedule.
    public let parts: [Metric]
    /// The norm of all gradients before clipping.
    public let gradientNorm: Double
    /// The learning rate.
    public let learningRate: Double
    /// Rows a second, over the last steps.
    public let rowsPerSecond: Double
    /// Seconds that the rest of the run takes, evaluations not included.
    public let secondsLeft: Double
    /// The largest memory of the process so far, in bytes.
    public let peakMemory: Int
}

/// What an evaluation found.
public struct TrainingEvaluation: Sendable {
    /// How many steps the model has taken.
    public let step: Int
    /// Epochs so far.
    public let epoch: Double
    /// The metrics, with `eval_` before each name as in the reference.
    public let metrics: [Metric]
    /// How the embeddings lie; nil for models without embeddings of texts.
    public let spread: EmbeddingSpread?
    /// Whether this is the best model so far.
    public let isBest: Bool
    /// Seconds that it took.
    public let seconds: Double
}
