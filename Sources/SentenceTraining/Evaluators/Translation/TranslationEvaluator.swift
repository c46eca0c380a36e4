// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceSearch
public import SentenceTransformers

/// Measures how often the most similar text of the other language is the translation.
///
/// Only the best similarity of each text is kept. For a ``SparseEncoder``, also how sparse its embeddings are.
public struct TranslationEvaluator<Model: SimilarityEncoder>: Evaluator
where Model.Similarity == SimilarityFunction {
    /// What precedes the names of metrics.
    public let name: String
    private let source: [String]
    private let target: [String]
    private let options: Model.Options

    /// An evaluator for translations.
    ///
    /// - Parameters:
    ///   - source: Texts of one language, at least one.
    ///   - target: Their translations.
    ///   - name: What precedes the names of metrics.
    ///   - options: How texts are encoded.
    /// - Throws: ``TrainingError`` if there are not as many translations as texts, or none.
    public init(source: [String], target: [String], name: String = "", options: Model.Options = .init()) throws {
        try EvaluationData.check(source.count, target.count, "translations")
        self.source = source
        self.target = target
        self.name = name
        self.options = options
    }

    /// Texts that are encoded.
    public var inputCount: Int? { source.count + target.count }

    /// `src2trg_accuracy`, `trg2src_accuracy` and their mean.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        let a = try model.encode(source, options: options), b = try model.encode(target, options: options)
        let forth = try hits(a, b, texts: target), back = try hits(b, a, texts: source)
        let both = zip(forth, back).map { ($0 + $1) / 2 }
        var sparsity = SparsityCount()
        for side in [a, b] { sparsity.add(side, of: Model.self) }
        return result(
            [
                Metric("src2trg_accuracy", forth.mean), Metric("trg2src_accuracy", back.mean),
                Metric("mean_accuracy", both.mean),
            ] + sparsity.metrics(), primary: "mean_accuracy",
            EvaluationRow(
                file: fileName("translation_evaluation"),
                [("src2trg", forth.mean), ("trg2src", back.mean)] + sparsity.metrics().map { ($0.name, $0.value) }),
            samples: [
                "src2trg_accuracy": .mean(forth), "trg2src_accuracy": .mean(back), "mean_accuracy": .mean(both),
            ])
    }

    /// For each text 1 if the most similar text is the one of the same index or equal to it, otherwise 0.
    private func hits(_ from: Model.Embeddings, _ to: Model.Embeddings, texts: [String]) throws -> [Double] {
        try Model.mostSimilar(from, in: to, topK: 1, by: .cosine, threads: options.threads).enumerated().map {
            index, found in
            found.first.map { texts[$0.index].isExactly(texts[index]) ? 1 : 0 } ?? 0
        }
    }
}
