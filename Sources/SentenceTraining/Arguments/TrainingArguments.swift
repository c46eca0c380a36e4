// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceTransformers

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// How a model is trained; every setting has the reference's default.
public struct TrainingArguments: Sendable {
    /// How often all data are seen; may be a fraction.
    public var epochs: Double
    /// How many steps are taken, whatever `epochs` says; nil to go by epochs.
    public var maxSteps: Int?
    /// Rows of a batch.
    public var batchSize: Int
    /// Rows of a batch of evaluation data; as in training if nil.
    public var evaluationBatchSize: Int?
    /// Batches whose gradients are averaged for one step.
    public var gradientAccumulationSteps = 1
    /// Whether a last batch that is not full is left out.
    public var dropsLast = false

    /// The highest learning rate.
    public var learningRate: Double
    /// The highest learning rates of parameters whose names contain a match of a regular expression; the first counts.
    public var learningRateMapping: [(pattern: String, rate: Double)] = []
    /// How the learning rate rises and falls.
    public var schedule = LearningRateSchedule.linear
    /// The share of the steps over which the learning rate rises, 0 to 1.
    public var warmupRatio = 0.0
    /// The steps over which the learning rate rises; wins over the ratio where it is above 0.
    public var warmupSteps = 0

    /// How parameters follow their gradients.
    public var optimizer = Optimizer.adamW()
    /// How much of a parameter is taken away, times the learning rate.
    public var weightDecay = 0.0
    /// Regular expressions of the names of parameters that do not decay; biases and norms if nil.
    public var weightDecayExclude: [String]?
    /// The largest norm of all gradients together; larger ones are scaled down; 0 for no bound.
    public var maxGradientNorm = 1.0
    /// Regular expressions of the names of parameters that stay as they are.
    public var frozen: [String] = []

    /// The seed of everything random.
    public var seed: UInt64 = 42
    /// How rows come together in batches.
    public var batchSampler = BatchSampler.random
    /// How batches of several data sets follow each other.
    public var multiDatasetBatchSampler = MultiDatasetBatchSampler.proportional
    /// Texts to put before others.
    public var prompts = TrainingPrompts.none
    /// The routes of a model with a router, by column.
    public var routerMapping: [String: EncodingTask] = [:]
    /// Tokens that a text may have; the model's limit if nil.
    public var maxSequenceLength: Int?

    /// When the model is evaluated.
    public var evaluation = Interval.never
    /// When a checkpoint is saved.
    public var saving = Interval.steps(500)
    /// When the loss is logged.
    public var logging = Interval.steps(1)
    /// Where checkpoints, logs and the model go; nothing is written if nil.
    public var outputDirectory: URL?
    /// Where a line of JSON for each logged step goes; `training_log.jsonl` in that folder if nil.
    public var log: URL?
    /// How many checkpoints are kept, the best among them; all if nil.
    public var saveTotalLimit: Int?
    /// Whether the run ends with the best of its models.
    public var loadsBestModelAtEnd = false
    /// The metric that says which model is best; the evaluator's own if nil.
    public var metricForBestModel: String?
    /// Whether more of it is better; found from its name if nil.
    public var greaterIsBetter: Bool?
    /// After how many evaluations without a better model the run ends; never if nil.
    public var earlyStoppingPatience: Int?
    /// By how much a metric must be better to count.
    public var earlyStoppingThreshold = 0.0

    /// The share of numbers that are left out at random, instead of the model's own; 0 for none.
    public var dropout: Double?
    /// The arithmetic of matrix products.
    public var compute = ComputePrecision.float32
    /// Bytes that the intermediate results of a step may take.
    ///
    /// Texts beyond are embedded twice, which changes no bit of the result. If nil, as much as values, gradients and what
    /// the optimizer remembers take together.
    public var memoryLimit: Int?
    /// Tokens whose intermediate results may be kept, beside the memory limit; texts beyond are embedded twice.
    public var tapeTokens: Int?
    /// Threads to use; those that the process may use if nil.
    public var threads: Int?

    /// When something happens.
    public enum Interval: Sendable, Equatable {
        /// Not at all.
        case never
        /// After every so many steps.
        case steps(Int)
        /// After each epoch.
        case epochs
    }

    /// The reference's defaults, with the settings that runs differ in most.
    public init(
        epochs: Double = 3, maxSteps: Int? = nil, batchSize: Int = 8, learningRate: Double = 5e-5,
        warmupRatio: Double = 0, outputDirectory: URL? = nil
    ) {
        self.epochs = epochs
        self.maxSteps = maxSteps
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.warmupRatio = warmupRatio
        self.outputDirectory = outputDirectory
    }
}

/// Texts to put before the texts of columns.
public enum TrainingPrompts: Sendable, Equatable {
    /// Nothing.
    case none
    /// The same for all columns.
    case all(String)
    /// By the name of the column.
    case columns([String: String])
    /// By the name of the data set, then as above.
    case datasets([String: TrainingPrompts])

    /// The text for a column of a data set.
    package func prompt(column: String, dataset: String) -> String {
        switch self {
        case .none: ""
        case .all(let text): text
        case .columns(let texts): texts[column] ?? ""
        case .datasets(let sets): sets[dataset]?.prompt(column: column, dataset: dataset) ?? ""
        }
    }
}
