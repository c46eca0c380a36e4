// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

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

    /// Measures a model.
    ///
    /// - Throws: What the model throws.
    func evaluate(_ model: Model) throws -> EvaluationResult
}

extension Evaluator {
    /// More of most metrics is better.
    public var greaterIsBetter: Bool { true }

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
