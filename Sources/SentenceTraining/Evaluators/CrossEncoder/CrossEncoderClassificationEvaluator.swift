// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTokenizers
public import SentenceTransformers

/// Measures how well a cross-encoder tells classes of pairs apart.
///
/// A model with one label is measured by thresholds on its score, as a ``BinaryClassificationEvaluator`` does it; one
/// with several by the F1 of the label with the largest score.
public struct CrossEncoderClassificationEvaluator: Evaluator {
    /// What precedes the names of metrics.
    public let name: String
    private let pairs: [TokenizerInput]
    private let labels: [Int]
    private let options: PredictOptions

    /// An evaluator for pairs whose classes are known.
    ///
    /// - Parameters:
    ///   - pairs: At least one pair.
    ///   - labels: The class of each pair; 0 or 1 for models with one label.
    ///   - name: What precedes the names of metrics.
    ///   - options: How pairs are scored.
    /// - Throws: ``TrainingError`` if there are not as many labels as pairs, or none.
    public init(
        pairs: [(String, String)], labels: [Int], name: String = "", options: PredictOptions = .init()
    ) throws {
        try EvaluationData.check(pairs.count, labels.count, "labels")
        self.pairs = pairs.map { TokenizerInput($0, pair: $1) }
        self.labels = labels
        self.name = name
        self.options = options
    }

    /// Pairs that are scored.
    public var inputCount: Int? { pairs.count }

    /// Accuracy, F1, precision, recall and average precision; or F1 averaged in three ways.
    public func evaluate(_ model: CrossEncoder) throws -> EvaluationResult {
        let scores = try model.predict(pairs, options: options)
        let found = model.labelCount == 1 ? try binary(scores.elements) : classes(scores)
        var samples: [String: MetricSample] = [:]
        if model.labelCount == 1 {
            let classes = labels.map { $0 == 1 }, numbers = scores.elements
            for (name, metric) in Self.sampled {
                samples[name] = .binary(metric, scores: numbers, labels: classes)
            }
        }
        return result(
            found.map { Metric($0.metric, $0.value) },
            primary: model.labelCount == 1 ? "average_precision" : "f1_macro",
            EvaluationRow(
                file: fileName("CrossEncoderClassificationEvaluator"), found.map { ($0.column, $0.value) }),
            samples: samples)
    }

    /// The metrics of two classes that are no thresholds, by their names.
    private static var sampled: [(name: String, metric: BinaryMetric)] {
        [
            ("accuracy", .accuracy), ("f1", .f1), ("precision", .precision), ("recall", .recall),
            ("average_precision", .averagePrecision),
        ]
    }

    private typealias Found = [(metric: String, column: String, value: Double)]

    private func binary(_ scores: [Float]) throws -> Found {
        if let other = labels.first(where: { $0 != 0 && $0 != 1 }) {
            throw TrainingError(
                .invalidArgument, "a label is \(other); a model with one label tells 0 from 1")
        }
        let scores = BinaryScores(scores, labels.map { $0 == 1 })
        let accuracy = scores.bestAccuracy, f1 = scores.bestF1
        return [
            ("accuracy", "Accuracy", accuracy.accuracy),
            ("accuracy_threshold", "Accuracy_Threshold", Double(accuracy.threshold)),
            ("f1", "F1", f1.f1), ("f1_threshold", "F1_Threshold", Double(f1.threshold)),
            ("precision", "Precision", f1.precision), ("recall", "Recall", f1.recall),
            ("average_precision", "Average_Precision", scores.averagePrecision),
        ]
    }

    private func classes(_ scores: Matrix) -> Found {
        let predicted = scores.map { $0.topK(1).first?.index ?? 0 }
        let f1 = ClassF1(predicted: predicted, actual: labels)
        return [
            ("f1_macro", "Macro_F1", f1.macro), ("f1_micro", "Micro_F1", f1.micro),
            ("f1_weighted", "Weighted_F1", f1.weighted),
        ]
    }
}
