// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
public import SentenceTransformers

/// Measures how well a model puts the relevant documents of a query before others.
///
/// For a ``SparseEncoder``, also how sparse its embeddings are.
public struct RerankingEvaluator<Model: SimilarityEncoder>: Evaluator {
    /// What precedes the names of metrics.
    public let name: String
    private let samples: [RerankingSample]
    private let cutoff: Int
    private let similarity: Model.Similarity?
    private let queryOptions: Model.Options
    private let documentOptions: Model.Options

    /// Documents whose embeddings are in memory at a time, unless a query has more.
    private static var chunkSize: Int { 10_000 }

    /// An evaluator for queries with relevant documents and others.
    ///
    /// - Parameters:
    ///   - samples: The queries; those without relevant documents or without others are left out, as in the reference.
    ///   - cutoff: How many of the best documents nDCG and MRR look at, 1 or more.
    ///   - similarityFunction: What embeddings are compared with; the cosine if nil, or for a ``MultiVectorEncoder`` the
    ///     model's function.
    ///   - name: What precedes the names of metrics.
    ///   - queryOptions: How queries are encoded.
    ///   - documentOptions: How documents are encoded.
    /// - Throws: ``TrainingError`` if no query is left, or the cutoff is less than 1.
    public init(
        samples: [RerankingSample], cutoff: Int = 10, similarityFunction: Model.Similarity? = nil, name: String = "",
        queryOptions: Model.Options = .init(), documentOptions: Model.Options = .init()
    ) throws {
        try RerankingMeasures.check(cutoff)
        self.samples = samples.filter {
            let relevant = $0.candidates().relevant
            return relevant.contains(true) && relevant.contains(false)
        }
        guard !self.samples.isEmpty else {
            throw TrainingError(
                .invalidArgument,
                "none of \(samples.count) queries has both relevant documents and others; there is nothing to order")
        }
        self.cutoff = cutoff
        similarity = similarityFunction
        self.name = name
        self.queryOptions = queryOptions
        self.documentOptions = documentOptions
    }

    /// Texts that are encoded.
    public var inputCount: Int? { samples.reduce(0) { $0 + 1 + $1.candidates().texts.count } }

    /// `map`, `mrr@k` and `ndcg@k`.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        // The reference compares by the cosine whatever the model's own function is, if its kind has a cosine.
        let function = similarity ?? Model.Similarity(rawValue: "cosine") ?? model.similarityFunction
        var measures = RerankingMeasures(k: cutoff)
        var querySparsity = SparsityCount(), corpusSparsity = SparsityCount()
        for block in blocks() {
            let candidates = samples[block].map { $0.candidates() }
            let queries = try model.encodeQuery(samples[block].map(\.query), options: queryOptions)
            let documents = try model.encodeDocument(candidates.flatMap(\.texts), options: documentOptions)
            querySparsity.add(queries, of: Model.self)
            corpusSparsity.add(documents, of: Model.self)
            var start = 0
            for (row, candidates) in candidates.enumerated() {
                let rows = start..<start + candidates.texts.count
                let scores = try Model.similarities(
                    Model.rows(queries, row..<row + 1), Model.rows(documents, rows), by: function)
                measures.add(ScoredRelevance(Array(scores[0]), candidates.relevant))
                start = rows.upperBound
            }
        }
        let sparsity = querySparsity.metrics("query_") + corpusSparsity.metrics("corpus_")
        return result(
            measures.metrics() + sparsity, primary: measures.primary,
            EvaluationRow(
                file: fileName("RerankingEvaluator", ending: "_results_@\(cutoff).csv"),
                measures.row() + sparsity.map { ($0.name, $0.value) }),
            samples: measures.samples())
    }

    /// The queries in blocks that do not have too many documents.
    private func blocks() -> [Range<Int>] {
        var blocks: [Range<Int>] = [], start = 0, documents = 0
        for (index, sample) in samples.enumerated() {
            let count = sample.positives.count + (sample.negatives ?? sample.documents ?? []).count
            if index > start, documents + count > Self.chunkSize {
                blocks.append(start..<index)
                (start, documents) = (index, 0)
            }
            documents += count
        }
        return blocks + [start..<samples.count]
    }
}
