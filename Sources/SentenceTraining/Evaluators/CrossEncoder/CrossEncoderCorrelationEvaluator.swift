// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTokenizers
public import SentenceTransformers

/// Measures how well the scores of a cross-encoder follow given ones: Pearson's and Spearman's correlation.
public struct CrossEncoderCorrelationEvaluator: Evaluator {
    /// What precedes the names of metrics.
    public let name: String
    private let pairs: [TokenizerInput]
    private let scores: [Double]
    private let options: PredictOptions

    /// An evaluator for pairs with a score each.
    ///
    /// - Parameters:
    ///   - pairs: At least two pairs.
    ///   - scores: The score of each pair, on any scale.
    ///   - name: What precedes the names of metrics.
    ///   - options: How pairs are scored.
    /// - Throws: ``TrainingError`` if there are not as many scores as pairs, or too few.
    public init(
        pairs: [(String, String)], scores: [Double], name: String = "", options: PredictOptions = .init()
    ) throws {
        try EvaluationData.check(pairs.count, scores.count, "scores", least: 2)
        self.pairs = pairs.map { TokenizerInput($0, pair: $1) }
        self.scores = scores
        self.name = name
        self.options = options
    }

    /// Pairs that are scored.
    public var inputCount: Int? { pairs.count }

    /// `pearson` and `spearman`.
    public func evaluate(_ model: CrossEncoder) throws -> EvaluationResult {
        guard model.labelCount == 1 else {
            throw TrainingError(
                .invalidArgument,
                "the model has \(model.labelCount) labels, and scores are compared with one; evaluate its classes instead"
            )
        }
        let found = try model.predict(pairs, options: options).elements.map(Double.init)
        let pearson = Correlation.pearson(scores, found), spearman = Correlation.spearman(scores, found)
        return result(
            [Metric("pearson", pearson), Metric("spearman", spearman)], primary: "spearman",
            EvaluationRow(
                file: fileName("CrossEncoderCorrelationEvaluator"),
                [("Pearson_Correlation", pearson), ("Spearman_Correlation", spearman)]),
            samples: ["pearson": .pearson(scores, found), "spearman": .spearman(scores, found)])
    }
}
