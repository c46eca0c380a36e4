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
public protocol Evaluator<Model>: Sendable {
    /// The models that it measures.
    associatedtype Model: BaseModel

    /// What precedes the names of metrics; may be empty.
    var name: String { get }
    /// The name of the metric that says which of two models is better.
    var primaryMetric: String { get }
    /// Whether more of that metric is better.
    var greaterIsBetter: Bool { get }

    /// Measures a model.
    ///
    /// - Returns: The metrics, named as the reference names them.
    /// - Throws: What the model throws.
    func evaluate(_ model: Model) throws -> [Metric]
}

extension Evaluator {
    /// More of most metrics is better.
    public var greaterIsBetter: Bool { true }

    /// A name of a metric with that of the evaluator before it.
    package func named(_ metric: String) -> String { name.isEmpty ? metric : "\(name)_\(metric)" }
}
