// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
public import SentenceTransformers

/// Measures how well the similarities of pairs follow given scores: Pearson's and Spearman's correlation.
///
/// For a ``SparseEncoder``, also how sparse its embeddings are.
public struct EmbeddingSimilarityEvaluator<Model: SimilarityEncoder>: Evaluator
where Model.Similarity == SimilarityFunction {
    /// What precedes the names of metrics.
    public let name: String
    private let first: [String]
    private let second: [String]
    private let scores: [Double]
    private let functions: ComparedFunctions<Model>
    private let options: Model.Options

    /// An evaluator for pairs with a score each.
    ///
    /// - Parameters:
    ///   - pairs: At least two pairs.
    ///   - scores: How similar the texts of each pair are, on any scale.
    ///   - similarityFunctions: What embeddings are compared with; the model's function if empty.
    ///   - mainSimilarity: The function whose correlation decides; the best one if nil.
    ///   - name: What precedes the names of metrics.
    ///   - options: How texts are encoded.
    /// - Throws: ``TrainingError`` if there are not as many scores as pairs, or too few.
    public init(
        pairs: [(String, String)], scores: [Double], similarityFunctions: [Model.Similarity] = [],
        mainSimilarity: Model.Similarity? = nil, name: String = "", options: Model.Options = .init()
    ) throws {
        try EvaluationData.check(pairs.count, scores.count, "scores", least: 2)
        (first, second) = (pairs.map(\.0), pairs.map(\.1))
        self.scores = scores
        functions = ComparedFunctions(similarityFunctions, main: mainSimilarity)
        self.name = name
        self.options = options
    }

    /// `pearson_` and `spearman_` of each function, and the largest of both if there are several.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        let a = try model.encode(first, options: options), b = try model.encode(second, options: options)
        var pearson: [Metric] = [], spearman: [Metric] = []
        var row: [(String, Double)] = []
        for function in functions.functions(of: model) {
            let found = try Model.pairwiseSimilarities(a, b, by: function).map(Double.init)
            pearson.append(Metric("pearson_\(function.rawValue)", Correlation.pearson(scores, found)))
            spearman.append(Metric("spearman_\(function.rawValue)", Correlation.spearman(scores, found)))
            for metric in [pearson, spearman].compactMap(\.last) {
                let kind = metric.name.prefix { $0 != "_" }
                row.append(("\(function.rawValue)_\(kind)", metric.value))
            }
        }
        var metrics = zip(pearson, spearman).flatMap { [$0, $1] }
        if pearson.count > 1 {
            metrics.append(Metric("pearson_max", pearson.map(\.value).max() ?? .nan))
            metrics.append(Metric("spearman_max", spearman.map(\.value).max() ?? .nan))
        }
        var sparsity = SparsityCount()
        for side in [a, b] { sparsity.add(side, of: Model.self) }
        metrics += sparsity.metrics()
        row += sparsity.metrics().map { ($0.name, $0.value) }
        return result(
            metrics, primary: "spearman_\(functions.deciding(model))",
            EvaluationRow(file: fileName("similarity_evaluation"), row))
    }
}
