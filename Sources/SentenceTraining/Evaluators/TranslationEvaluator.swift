// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceSearch
public import SentenceTransformers

/// Measures how often the most similar text of the other language is the translation.
///
/// The matrix of all similarities is computed in blocks.
public struct TranslationEvaluator: Evaluator {
    /// What precedes the names of metrics.
    public let name: String
    private let source: [String]
    private let target: [String]
    private let options: EncodeOptions

    /// Similarities in memory at a time, 64 MiB of them.
    private static let blockSize = 1 << 24

    /// An evaluator for translations.
    ///
    /// - Parameters:
    ///   - source: Texts of one language, at least one.
    ///   - target: Their translations.
    ///   - name: What precedes the names of metrics.
    ///   - options: How texts are encoded.
    /// - Throws: ``TrainingError`` if there are not as many translations as texts, or none.
    public init(source: [String], target: [String], name: String = "", options: EncodeOptions = .init()) throws {
        try EvaluationData.check(source.count, target.count, "translations")
        self.source = source
        self.target = target
        self.name = name
        self.options = options
    }

    /// `src2trg_accuracy`, `trg2src_accuracy` and their mean.
    public func evaluate(_ model: SentenceTransformer) throws -> EvaluationResult {
        let a = try model.encode(source, options: options), b = try model.encode(target, options: options)
        let forth = try accuracy(a, b, texts: target), back = try accuracy(b, a, texts: source)
        return result(
            [
                Metric("src2trg_accuracy", forth), Metric("trg2src_accuracy", back),
                Metric("mean_accuracy", (forth + back) / 2),
            ], primary: "mean_accuracy",
            EvaluationRow(file: fileName("translation_evaluation"), [("src2trg", forth), ("trg2src", back)]))
    }

    /// How often the most similar text is the one of the same index, or equal to it.
    private func accuracy(_ from: Matrix, _ to: Matrix, texts: [String]) throws -> Double {
        var hits = 0
        let blockRows = max(1, Self.blockSize / to.rows)
        for start in stride(from: 0, to: from.rows, by: blockRows) {
            let rows = start..<min(start + blockRows, from.rows)
            let similarities = try SimilarityFunction.cosine(from[rows: rows], to)
            for (row, index) in rows.enumerated() {
                guard let best = similarities[row].topK(1).first else { continue }
                if texts[best.index].isExactly(texts[index]) { hits += 1 }
            }
        }
        return Double(hits) / Double(from.rows)
    }
}
