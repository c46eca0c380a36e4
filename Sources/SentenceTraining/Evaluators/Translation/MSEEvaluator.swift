// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
public import SentenceTransformers

/// Measures how far a model's embeddings are from those of a teacher: -100 times the mean squared difference.
///
/// For a ``SparseEncoder``, also how sparse its embeddings are.
public struct MSEEvaluator<Model: SimilarityEncoder>: Evaluator where Model.Embeddings: EmbeddingRows {
    /// What precedes the names of metrics.
    public let name: String
    private let targets: [String]
    private let wanted: Model.Embeddings
    private let options: Model.Options

    /// An evaluator for texts that a teacher knows, possibly in another language.
    ///
    /// - Parameters:
    ///   - source: The texts that the teacher encodes, at once.
    ///   - target: The texts that the model encodes.
    ///   - teacher: The model to come near to, with embeddings of the same size.
    ///   - name: What precedes the names of metrics.
    ///   - options: How both encode.
    /// - Throws: ``TrainingError`` if there are not as many targets as sources, or none; what the teacher throws.
    public init(
        source: [String], target: [String], teacher: Model, name: String = "", options: Model.Options = .init()
    ) throws {
        try EvaluationData.check(source.count, target.count, "targets")
        targets = target
        self.name = name
        self.options = options
        wanted = try teacher.encode(source, options: options)
    }

    /// Texts that are encoded.
    public var inputCount: Int? { targets.count }

    /// `negative_mse`.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        let found = try model.encode(targets, options: options)
        let errors = try found.squaredErrors(wanted).map { 100 * $0 }
        var sparsity = SparsityCount()
        sparsity.add(found, of: Model.self)
        // In the reference this name has a line before it even where it is empty.
        return result(
            [Metric("negative_mse", -errors.mean)] + sparsity.metrics(), primary: "negative_mse",
            EvaluationRow(
                file: "mse_evaluation_\(name)_results.csv",
                [("MSE", errors.mean)] + sparsity.metrics().map { ($0.name, $0.value) }),
            samples: ["negative_mse": .mean(errors.map { -$0 })])
    }
}
