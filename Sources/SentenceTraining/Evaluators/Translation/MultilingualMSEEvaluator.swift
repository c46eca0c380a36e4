// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceSearch
public import SentenceTransformers

/// Measures how far a model's embeddings of translations are from a teacher's of the originals, for pairs of languages.
///
/// The reference calls it `MSEEvaluatorFromDataFrame`.
public struct MultilingualMSEEvaluator<Model: SimilarityEncoder>: Evaluator where Model.Embeddings: EmbeddingRows {
    /// What precedes the names of metrics.
    public let name: String
    private let pairs: [Pair]
    private let options: Model.Options

    private struct Pair {
        let title: String
        let targets: [String]
        let wanted: Model.Embeddings
    }

    /// An evaluator for rows of one text in several languages.
    ///
    /// - Parameters:
    ///   - rows: For each text what it is in each language, by names of languages.
    ///   - combinations: Which language the teacher reads, and which the model; rows where one of both is blank are left
    ///     out of the pair.
    ///   - teacher: The model to come near to, with embeddings of the same size.
    ///   - name: What precedes the names of metrics.
    ///   - options: How both encode.
    /// - Throws: ``TrainingError`` if a row lacks a language, or a pair has no rows; what the teacher throws.
    public init(
        rows: [[String: String]], combinations: [(source: String, target: String)], teacher: Model, name: String = "",
        options: Model.Options = .init()
    ) throws {
        try EvaluationData.check(combinations.count, combinations.count, "languages")
        pairs = try combinations.map { source, target in
            let title = "\(source)-\(target)"
            let texts = try rows.enumerated().compactMap { index, row -> (String, String)? in
                guard let from = row[source], let to = row[target] else {
                    throw TrainingError(
                        .invalidData,
                        "row \(index) lacks the language \"\(row[source] == nil ? source : target)\"; expected a text, which "
                            + "may be empty, for each language of \(title)")
                }
                return from.allSatisfy(\.isWhitespace) || to.allSatisfy(\.isWhitespace) ? nil : (from, to)
            }
            guard !texts.isEmpty else {
                throw TrainingError(.invalidData, "no row has a text in both languages of \(title)")
            }
            return Pair(
                title: title, targets: texts.map(\.1), wanted: try teacher.encode(texts.map(\.0), options: options))
        }
        self.name = name
        self.options = options
    }

    /// Texts that are encoded.
    public var inputCount: Int? { pairs.reduce(0) { $0 + $1.targets.count } }

    /// `negative_mse`, the mean of all pairs.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        let errors = try pairs.map { pair in
            try model.encode(pair.targets, options: options).squaredErrors(pair.wanted).map { 100 * $0 }
        }
        let means = errors.map(\.mean)
        return result(
            [Metric("negative_mse", -means.mean)], primary: "negative_mse",
            EvaluationRow(file: fileName("mse_evaluation"), zip(pairs, means).map { ($0.title, $1) }),
            samples: ["negative_mse": .meanOfMeans(errors.map { $0.map { -$0 } })])
    }
}
