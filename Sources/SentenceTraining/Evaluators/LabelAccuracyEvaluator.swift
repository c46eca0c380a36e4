// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceTransformers

/// Measures how often a classifier beside a model finds the class of a pair.
public struct LabelAccuracyEvaluator: Evaluator {
    /// What precedes the names of metrics.
    public let name: String
    private let first: [String]
    private let second: [String]
    private let labels: [Int]
    private let classifier: SoftmaxClassifier
    private let options: EncodeOptions

    /// An evaluator for pairs whose classes are known.
    ///
    /// - Parameters:
    ///   - pairs: At least one pair.
    ///   - labels: The class of each pair.
    ///   - classifier: The layer of a softmax loss.
    ///   - name: What precedes the names of metrics.
    ///   - options: How texts are encoded.
    /// - Throws: ``TrainingError`` if there are not as many labels as pairs, or none.
    public init(
        pairs: [(String, String)], labels: [Int], classifier: SoftmaxClassifier, name: String = "",
        options: EncodeOptions = .init()
    ) throws {
        try EvaluationData.check(pairs.count, labels.count, "labels")
        (first, second) = (pairs.map(\.0), pairs.map(\.1))
        self.labels = labels
        self.classifier = classifier
        self.name = name
        self.options = options
    }

    /// Texts that are encoded.
    public var inputCount: Int? { first.count + second.count }

    /// `accuracy`.
    public func evaluate(_ model: SentenceTransformer) throws -> EvaluationResult {
        let found = try classifier.classes(
            try model.encode(first, options: options), try model.encode(second, options: options))
        let hits = zip(found, labels).map { $0 == $1 ? 1.0 : 0 }
        return result(
            [Metric("accuracy", hits.mean)], primary: "accuracy",
            EvaluationRow(file: fileName("accuracy_evaluation"), [("accuracy", hits.mean)]),
            samples: ["accuracy": .mean(hits)])
    }
}
