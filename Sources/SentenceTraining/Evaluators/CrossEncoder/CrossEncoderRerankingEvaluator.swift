// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTokenizers
public import SentenceTransformers

/// Measures how well a cross-encoder puts the relevant documents of a query before others.
///
/// Where samples have what a first search found, also how good the order of that search was.
public struct CrossEncoderRerankingEvaluator: Evaluator {
    /// What precedes the names of metrics.
    public let name: String
    private let samples: [RerankingSample]
    private let cutoff: Int
    private let addsPositives: Bool
    private let options: PredictOptions

    /// An evaluator for queries with documents to order.
    ///
    /// - Parameters:
    ///   - samples: At least one query; one for which nothing relevant is ordered counts 0.
    ///   - cutoff: How many of the best documents nDCG and MRR look at, 1 or more.
    ///   - alwaysReranksPositives: Whether relevant documents that a first search did not find are ordered too, which
    ///     tells more about the model; otherwise the result is that of the whole search.
    ///   - name: What precedes the names of metrics.
    ///   - options: How pairs are scored.
    /// - Throws: ``TrainingError`` if there is no query, or the cutoff is less than 1.
    public init(
        samples: [RerankingSample], cutoff: Int = 10, alwaysReranksPositives: Bool = true, name: String = "",
        options: PredictOptions = .init()
    ) throws {
        try RerankingMeasures.check(cutoff)
        try EvaluationData.check(samples.count, samples.count, "queries")
        self.samples = samples
        self.cutoff = cutoff
        addsPositives = alwaysReranksPositives
        self.name = name
        self.options = options
    }

    /// Pairs that are scored.
    public var inputCount: Int? { samples.reduce(0) { $0 + pairs(of: $1).count } }

    /// `map`, `mrr@k` and `ndcg@k`, and with `base_` before them those of a first search.
    public func evaluate(_ model: CrossEncoder) throws -> EvaluationResult {
        let measured = try measure(model)
        let (reranked, base) = (measured.reranked, measured.base)
        return result(
            reranked.metrics() + (base.isEmpty ? [] : base.metrics("base_")), primary: reranked.primary,
            EvaluationRow(
                file: fileName("CrossEncoderRerankingEvaluator", ending: "_results_@\(cutoff).csv"), reranked.row()),
            samples: reranked.samples().merging(base.isEmpty ? [:] : base.samples("base_")) { first, _ in first })
    }

    /// The measures of the model, and those of a first search, which are empty without one.
    func measure(_ model: CrossEncoder) throws -> (reranked: RerankingMeasures, base: RerankingMeasures) {
        guard model.labelCount == 1 else {
            throw TrainingError(
                .invalidArgument,
                "the model has \(model.labelCount) labels, and documents are ordered by one; evaluate its classes instead"
            )
        }
        var base = RerankingMeasures(k: cutoff), reranked = RerankingMeasures(k: cutoff)
        for sample in samples {
            guard let documents = sample.documents else { continue }
            base.add(ranked: sample.relevance(of: documents), relevant: sample.positives.count)
        }
        let candidates = samples.map { $0.candidates(withAllPositives: addsPositives) }
        let pairs = samples.flatMap(pairs)
        let scores = try model.predict(pairs, options: options).elements
        var start = 0
        for candidates in candidates {
            guard candidates.relevant.contains(true) else {
                reranked.add(nil)
                continue
            }
            let end = start + candidates.texts.count
            reranked.add(ScoredRelevance(Array(scores[start..<end]), candidates.relevant, laterFirst: true))
            start = end
        }
        return (reranked, base)
    }

    /// The query with each document that is put into order; none if no document is relevant.
    private func pairs(of sample: RerankingSample) -> [TokenizerInput] {
        let candidates = sample.candidates(withAllPositives: addsPositives)
        guard candidates.relevant.contains(true) else { return [] }
        return candidates.texts.map { TokenizerInput(sample.query, pair: $0) }
    }
}
