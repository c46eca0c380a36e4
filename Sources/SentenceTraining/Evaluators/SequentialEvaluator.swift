// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceTransformers

/// Measures a model with several evaluators, one after another.
public struct SequentialEvaluator<Model: BaseModel>: Evaluator {
    /// Empty, since each evaluator has a name of its own.
    public let name = ""
    private let evaluators: [any Evaluator<Model>]
    private let mainScore: @Sendable ([Double]) -> Double

    /// Several evaluators as one.
    ///
    /// - Parameters:
    ///   - evaluators: The evaluators in their order.
    ///   - mainScore: Makes one number of the primary metrics of all evaluators; the last one's by default.
    public init(
        _ evaluators: [any Evaluator<Model>],
        mainScore: @escaping @Sendable ([Double]) -> Double = { $0.last ?? 0 }
    ) {
        self.evaluators = evaluators
        self.mainScore = mainScore
    }

    /// More is better, unless less is for the last evaluator.
    public var greaterIsBetter: Bool { evaluators.last?.greaterIsBetter ?? true }

    /// Those of all evaluators, if all know them.
    public var inputCount: Int? {
        let counts = evaluators.compactMap(\.inputCount)
        return counts.count == evaluators.count ? counts.reduce(0, +) : nil
    }

    /// The metrics of all evaluators, and `sequential_score`; of metrics with the same name the last one stays.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        let results = try evaluators.map { try $0.evaluate(model) }
        let all = EvaluationResult.joined(results)
        let scores = results.map { $0[$0.primaryMetric] ?? .nan }
        return EvaluationResult(
            metrics: all.metrics + [Metric("sequential_score", mainScore(scores))],
            primaryMetric: "sequential_score", rows: all.rows, samples: all.samples,
            predictions: all.predictions)
    }
}
