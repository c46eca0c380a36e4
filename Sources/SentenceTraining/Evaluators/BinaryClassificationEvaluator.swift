// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
public import SentenceSearch
public import SentenceTransformers

/// Measures how well a threshold on the similarity tells pairs of label 1 from those of label 0.
///
/// For a ``SparseEncoder``, also how sparse its embeddings are.
public struct BinaryClassificationEvaluator<Model: SimilarityEncoder>: Evaluator
where Model.Similarity == SimilarityFunction {
    /// What precedes the names of metrics.
    public let name: String
    private let first: [String]
    private let second: [String]
    private let labels: [Bool]
    private let functions: ComparedFunctions<Model>
    private let options: Model.Options

    /// An evaluator for pairs that belong together or do not.
    ///
    /// - Parameters:
    ///   - pairs: At least one pair.
    ///   - labels: Whether the texts of each pair belong together.
    ///   - similarityFunctions: What embeddings are compared with; the model's function if empty.
    ///   - name: What precedes the names of metrics.
    ///   - options: How texts are encoded.
    /// - Throws: ``TrainingError`` if there are not as many labels as pairs, or none.
    public init(
        pairs: [(String, String)], labels: [Bool], similarityFunctions: [Model.Similarity] = [], name: String = "",
        options: Model.Options = .init()
    ) throws {
        try EvaluationData.check(pairs.count, labels.count, "labels")
        (first, second) = (pairs.map(\.0), pairs.map(\.1))
        self.labels = labels
        functions = ComparedFunctions(similarityFunctions, main: nil)
        self.name = name
        self.options = options
    }

    /// The order of the columns in the file, which is not that of the metrics.
    private static var columns: [String] {
        ["accuracy", "accuracy_threshold", "f1", "precision", "recall", "f1_threshold", "ap", "mcc"]
    }

    /// Texts that are encoded.
    public var inputCount: Int? { first.count + second.count }

    /// For each function accuracy and F1 with their thresholds, precision, recall, average precision and the Matthews
    /// correlation; the largest of each if there are several functions.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        let a = try model.encode(first, options: options), b = try model.encode(second, options: options)
        let functions = functions.functions(of: model)
        var metrics: [Metric] = [], row: [(String, Double)] = [], all: [[Metric]] = []
        var samples: [String: MetricSample] = [:]
        for function in functions {
            let isDistance = function == .euclidean || function == .manhattan
            let scores = try Model.pairwiseSimilarities(a, b, by: function)
            for (name, metric) in Self.sampled {
                samples["\(function.rawValue)_\(name)"] = .binary(metric, scores: scores, labels: labels)
            }
            let found = Self.metrics(BinaryScores(scores, labels), thresholdSign: isDistance ? -1 : 1)
            all.append(found)
            metrics += found.map { Metric("\(function.rawValue)_\($0.name)", $0.value) }
            row += Self.columns.map { column in
                ("\(function.rawValue)_\(column)", found.first { $0.name == column }?.value ?? .nan)
            }
        }
        if let names = all.first?.map(\.name), functions.count > 1 {
            metrics += names.indices.map { index in
                Metric("max_\(names[index])", all.map { $0[index].value }.max() ?? .nan)
            }
        }
        let sparsity = sparsity(a, b)
        metrics += sparsity.metrics()
        row += sparsity.metrics().map { ($0.name, $0.value) }
        return result(
            metrics, primary: "\(self.functions.deciding(model))_ap",
            EvaluationRow(file: fileName("binary_classification_evaluation"), row), samples: samples)
    }

    /// The metrics that are no thresholds, by their names.
    private static var sampled: [(name: String, metric: BinaryMetric)] {
        [
            ("accuracy", .accuracy), ("f1", .f1), ("precision", .precision), ("recall", .recall),
            ("ap", .averagePrecision), ("mcc", .matthewsCorrelation),
        ]
    }

    /// The metrics of scores; `thresholdSign` is -1 where these are negative distances, whose thresholds are told as
    /// distances.
    private static func metrics(_ scores: BinaryScores, thresholdSign: Double) -> [Metric] {
        let accuracy = scores.bestAccuracy, f1 = scores.bestF1
        return [
            Metric("accuracy", accuracy.accuracy),
            Metric("accuracy_threshold", thresholdSign * Double(accuracy.threshold)),
            Metric("f1", f1.f1), Metric("f1_threshold", thresholdSign * Double(f1.threshold)),
            Metric("precision", f1.precision), Metric("recall", f1.recall), Metric("ap", scores.averagePrecision),
            Metric("mcc", scores.matthewsCorrelation(threshold: f1.threshold)),
        ]
    }

    /// The sparsity of the different texts, each of which counts once, as in the reference.
    private func sparsity(_ a: Model.Embeddings, _ b: Model.Embeddings) -> SparsityCount {
        var count = SparsityCount(), seen: Set<ExactString> = []
        for (texts, embeddings) in [(first, a), (second, b)] {
            guard let sparse = Model.sparseRows(embeddings) else { continue }
            count.add(sparse, rows: texts.indices.filter { seen.insert(texts[$0]) })
        }
        return count
    }
}
