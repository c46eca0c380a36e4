// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
public import SentenceTransformers

/// Measures how far a model's embeddings are from those of a teacher: -100 times the mean squared difference.
public struct MSEEvaluator: Evaluator {
    /// What precedes the names of metrics.
    public let name: String
    private let targets: [String]
    private let wanted: Matrix
    private let options: EncodeOptions

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
        source: [String], target: [String], teacher: SentenceTransformer, name: String = "",
        options: EncodeOptions = .init()
    ) throws {
        try EvaluationData.check(source.count, target.count, "targets")
        targets = target
        self.name = name
        self.options = options
        wanted = try teacher.encode(source, options: options)
    }

    /// `negative_mse`.
    public func evaluate(_ model: SentenceTransformer) throws -> EvaluationResult {
        let found = try model.encode(targets, options: options)
        guard found.shape == wanted.shape else {
            throw TrainingError(
                .invalidArgument,
                "the teacher's embeddings have \(wanted.columns) dimensions, the model's \(found.columns); expected as many"
            )
        }
        let sum = zip(found.elements, wanted.elements).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        let error = 100 * sum / Double(found.elements.count)
        // In the reference this name has a line before it even where it is empty.
        return result(
            [Metric("negative_mse", -error)], primary: "negative_mse",
            EvaluationRow(file: "mse_evaluation_\(name)_results.csv", [("MSE", error)]))
    }
}
