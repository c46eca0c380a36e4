// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
public import SentenceTransformers

/// Measures how often an anchor is more similar to its positive than to its negative.
///
/// Anchors are encoded as queries, the others as documents. For a ``SparseEncoder``, also how sparse its embeddings are.
public struct TripletEvaluator<Model: SimilarityEncoder>: Evaluator {
    /// What precedes the names of metrics.
    public let name: String
    private let anchors: [String]
    private let positives: [String]
    private let negatives: [String]
    private let margins: [Model.Similarity: Float]
    private let functions: ComparedFunctions<Model>
    private let options: Model.Options

    /// An evaluator for triplets.
    ///
    /// - Parameters:
    ///   - triplets: Anchors, each with a text that belongs to it and one that does not; at least one.
    ///   - margins: By how much the positive must be more similar, for each function; 0 where it is missing.
    ///   - similarityFunctions: What embeddings are compared with; the model's function if empty.
    ///   - mainSimilarity: The function whose accuracy decides; the best one if nil.
    ///   - name: What precedes the names of metrics.
    ///   - options: How texts are encoded.
    /// - Throws: ``TrainingError`` if there are none.
    public init(
        triplets: [(String, String, String)], margins: [Model.Similarity: Float] = [:],
        similarityFunctions: [Model.Similarity] = [], mainSimilarity: Model.Similarity? = nil, name: String = "",
        options: Model.Options = .init()
    ) throws {
        try EvaluationData.check(triplets.count, triplets.count, "triplets")
        (anchors, positives, negatives) = (triplets.map(\.0), triplets.map(\.1), triplets.map(\.2))
        self.margins = margins
        functions = ComparedFunctions(similarityFunctions, main: mainSimilarity)
        self.name = name
        self.options = options
    }

    /// Texts that are encoded.
    public var inputCount: Int? { anchors.count + positives.count + negatives.count }

    /// `_accuracy` of each function, and the largest if there are several.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        let a = try model.encodeQuery(anchors, options: options)
        let p = try model.encodeDocument(positives, options: options)
        let n = try model.encodeDocument(negatives, options: options)
        var metrics: [Metric] = [], row: [(String, Double)] = [], samples: [String: MetricSample] = [:]
        for function in functions.functions(of: model) {
            let margin = margins[function] ?? 0
            let near = try Model.pairwiseSimilarities(a, p, by: function)
            let far = try Model.pairwiseSimilarities(a, n, by: function)
            let hits = zip(near, far).map { $0 > $1 + margin ? 1.0 : 0 }
            let accuracy = hits.mean
            samples["\(function.rawValue)_accuracy"] = .mean(hits)
            metrics.append(Metric("\(function.rawValue)_accuracy", accuracy))
            row.append(("accuracy_\(function.rawValue)", accuracy))
        }
        if metrics.count > 1 { metrics.append(Metric("max_accuracy", metrics.map(\.value).max() ?? 0)) }
        for (prefix, embeddings) in [("anchor_", a), ("positive_", p), ("negative_", n)] {
            var sparsity = SparsityCount()
            sparsity.add(embeddings, of: Model.self)
            metrics += sparsity.metrics(prefix)
            row += sparsity.metrics(prefix).map { ($0.name, $0.value) }
        }
        return result(
            metrics, primary: "\(functions.deciding(model))_accuracy",
            EvaluationRow(file: fileName("triplet_evaluation"), row), samples: samples)
    }
}
