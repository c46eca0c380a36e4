// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
public import SentenceTransformers

/// A number that says how good a model is.
public struct Metric: Sendable, Hashable {
    /// The name as the reference gives it, such as `sts-dev_spearman_cosine`.
    public let name: String
    /// The value.
    public let value: Double

    /// A metric of the given name.
    public init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
    }
}

/// Measures how good a model is at a task.
///
/// ```swift
/// let result = try evaluator.evaluate(model)
/// print(result.metrics)
/// try result.write(to: folder)
/// ```
public protocol Evaluator<Model>: Sendable {
    /// The models that it measures.
    associatedtype Model: BaseModel

    /// What precedes the names of metrics; may be empty.
    var name: String { get }
    /// Whether more of the primary metric is better.
    var greaterIsBetter: Bool { get }

    /// How many texts or pairs the model computes when it is measured, by which progress is told; nil if it is not known.
    var inputCount: Int? { get }

    /// Measures a model; blocks until it is done.
    ///
    /// - Throws: What the model throws.
    func evaluate(_ model: Model) throws -> EvaluationResult
}

extension Evaluator {
    /// More of most metrics is better.
    public var greaterIsBetter: Bool { true }
    /// Not known.
    public var inputCount: Int? { nil }

    /// Measures a model without blocking the caller's thread.
    ///
    /// If the task is cancelled, the measurement stops between micro-batches.
    /// - Parameters:
    ///   - model: The model.
    ///   - onProgress: Called on any thread, by one at a time, with the share of texts or pairs that are computed, rising to
    ///     1. It must not wait for the measurement.
    /// - Returns: What was found.
    /// - Throws: As the blocking form, and `CancellationError`.
    public func evaluate(
        _ model: Model, onProgress: (@Sendable (Double) -> Void)? = nil
    ) async throws -> EvaluationResult {
        try await Blocking.run(progressCall(onProgress)) { try self.evaluate(model) }
    }

    /// Measures a model, blocks until it is done, and tells its progress.
    package func evaluateBlocking(
        _ model: Model, onProgress: @escaping @Sendable (Double) -> Void
    ) throws -> EvaluationResult {
        try progressCall(onProgress).run { try self.evaluate(model) }
    }

    private func progressCall(_ onProgress: (@Sendable (Double) -> Void)?) -> LongCall {
        // Without a number, nothing is told before the end.
        LongCall(inputCount: inputCount ?? .max, onProgress: onProgress)
    }

    /// A result whose metrics have the name of the evaluator before theirs.
    package func result(
        _ metrics: [Metric], primary: String, _ row: EvaluationRow, samples: [String: MetricSample] = [:]
    ) -> EvaluationResult {
        .named(name, metrics, primary: primary, row, samples: samples)
    }

    /// The name of a file of results, such as `triplet_evaluation_dev_results.csv`.
    package func fileName(_ stem: String, ending: String = "_results.csv") -> String {
        EvaluationRow.fileName(stem, name, ending: ending)
    }
}
