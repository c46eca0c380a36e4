// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceSearch
import SentenceTokenizers

/// Several searches in the same texts, joined into one list, whose best a cross-encoder may rank again.
///
/// ```swift
/// let search = try HybridSearch(
///     [DenseRetriever(model, texts: texts), LexicalIndex(texts)], reranker: Reranker(crossEncoder, texts: texts))
/// for hit in try search.search("Who wrote Faust?", topK: 3) {
///     print(hit.score, texts[hit.index], hit.found.parts.map { "\($0.name) \($0.rank ?? 0)" })
/// }
/// ```
public struct HybridSearch: Sendable {
    /// The searches.
    public let retrievers: [any TextRetriever]
    /// For each search how much its list counts.
    public let weights: [Double]
    /// How lists are joined; a single list keeps its scores.
    public let fusion: RankFusion
    /// How many texts each search finds for a query before lists are joined, at least; the reranker scores as many.
    public let candidates: Int
    /// What ranks the best texts again; nil for nothing.
    public let reranker: Reranker?

    /// A search that joins others.
    ///
    /// - Parameters:
    ///   - retrievers: The searches, at least one, over equally many texts.
    ///   - weights: For each search how much its list counts, 0 or more; all 1 if nil.
    ///   - fusion: How lists are joined.
    ///   - candidates: How many texts each search finds for a query, at least 1.
    ///   - reranker: What ranks the best texts again.
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument` if these contradict each other.
    public init(
        _ retrievers: [any TextRetriever], weights: [Double]? = nil, fusion: RankFusion = .reciprocalRank(),
        candidates: Int = 100, reranker: Reranker? = nil
    ) throws {
        guard let count = retrievers.first?.count else {
            throw SentenceTransformersError(.invalidArgument, "a hybrid search of no searches; expected at least one")
        }
        for retriever in retrievers where retriever.count != count {
            throw SentenceTransformersError(
                .invalidArgument,
                "\(retrievers[0].name) searches in \(count) texts, and \(retriever.name) in \(retriever.count); all must "
                    + "search in the same texts")
        }
        if let reranker, reranker.texts.count != count {
            throw SentenceTransformersError(
                .invalidArgument, "the reranker has \(reranker.texts.count) texts, the searches \(count)")
        }
        guard weights.map({ $0.count == retrievers.count }) ?? true else {
            throw SentenceTransformersError(
                .invalidArgument, "\(weights?.count ?? 0) weights for \(retrievers.count) searches")
        }
        try SentenceTransformersError.requirePositive(candidates, "candidates")
        self.retrievers = retrievers
        self.weights = weights ?? retrievers.map { _ in 1 }
        self.fusion = retrievers.count == 1 ? .weightedScores(.none) : fusion
        self.candidates = candidates
        self.reranker = reranker
    }

    /// The best texts for each query.
    ///
    /// - Parameters:
    ///   - queries: Any number of queries.
    ///   - topK: How many texts to return for each query at most, at least 1.
    ///   - allowed: The texts that may be found; all if nil.
    ///   - threads: The number of threads to use; if nil, all that the process may use.
    /// - Returns: For each query texts with what each search and the reranker found, best first; of equal scores the one
    ///   of lower index comes first.
    /// - Throws: What the searches and the reranker throw; `SearchError` if a search gives scores that are not finite.
    public func search(
        _ queries: [String], topK: Int = 10, allowed: RowSet? = nil, threads: Int? = nil
    ) throws -> [[HybridHit]] {
        try SentenceTransformersError.requirePositive(topK, "topK")
        let wanted = max(topK, retrievers.count == 1 && reranker == nil ? topK : candidates)
        let lists = try retrievers.map {
            try $0.search(queries, topK: wanted, allowed: allowed, threads: threads)
        }
        let fused = try queries.indices.map { query in
            try fusion(
                zip(retrievers, weights).enumerated().map { place, retriever in
                    RankedList(retriever.0.name, lists[place][query], weight: retriever.1)
                }, topK: reranker == nil ? topK : wanted)
        }
        guard let reranker else { return fused.map { $0.map { HybridHit(found: $0, rerankScore: nil) } } }
        return try reranker.rank(fused, queries, topK: topK, threads: threads)
    }

    /// The best texts for one query.
    ///
    /// - Throws: As for several queries.
    public func search(
        _ query: String, topK: Int = 10, allowed: RowSet? = nil, threads: Int? = nil
    ) throws -> [HybridHit] {
        try search([query], topK: topK, allowed: allowed, threads: threads)[0]
    }

    /// The best texts for each query, without blocking the caller's thread.
    ///
    /// - Throws: As the blocking form, and `CancellationError`.
    public func search(
        _ queries: [String], topK: Int = 10, allowed: RowSet? = nil, threads: Int? = nil
    ) async throws -> [[HybridHit]] {
        try await Blocking.run { try self.search(queries, topK: topK, allowed: allowed, threads: threads) }
    }

    /// The best texts for one query, without blocking the caller's thread.
    ///
    /// - Throws: As the blocking form, and `CancellationError`.
    public func search(
        _ query: String, topK: Int = 10, allowed: RowSet? = nil, threads: Int? = nil
    ) async throws -> [HybridHit] {
        try await Blocking.run { try self.search(query, topK: topK, allowed: allowed, threads: threads) }
    }
}

/// A text that a ``HybridSearch`` found, and why.
public struct HybridHit: Sendable, Hashable {
    /// What the searches found, and what each contributed to the fused score.
    public let found: FusedHit
    /// The score of the reranker; nil without one.
    public let rerankScore: Float?

    /// The index of the text.
    public var index: Int { found.index }
    /// What texts are ordered by: the score of the reranker, or else the fused one.
    public var score: Double { rerankScore.map(Double.init) ?? found.score }

    /// A text with what was found of it.
    public init(found: FusedHit, rerankScore: Float?) {
        (self.found, self.rerankScore) = (found, rerankScore)
    }
}

/// A cross-encoder that ranks texts which a search has found.
public struct Reranker: Sendable {
    /// The model, with one label.
    public let model: CrossEncoder
    /// The texts in which the search finds.
    public let texts: [String]
    /// How pairs are scored.
    public var options: PredictOptions

    /// A reranker for texts.
    public init(_ model: CrossEncoder, texts: [String], options: PredictOptions = .init()) {
        (self.model, self.texts, self.options) = (model, texts, options)
    }

    /// The best of what was found for each query, by the model's scores; pairs of all queries are scored together.
    fileprivate func rank(
        _ found: [[FusedHit]], _ queries: [String], topK: Int, threads: Int?
    ) throws -> [[HybridHit]] {
        try model.requireOneLabel(for: "ranking")
        var options = options
        options.threads = threads ?? options.threads
        let pairs = zip(queries, found).flatMap { query, hits in
            hits.map { TokenizerInput(query, pair: texts[$0.index]) }
        }
        let scores = try model.predict(pairs, options: options).elements
        var next = 0
        return found.map { hits in
            defer { next += hits.count }
            // By index first, so that of equal scores the lower index stays ahead.
            let ranked = zip(hits, scores[next..<next + hits.count]).sorted { $0.0.index < $1.0.index }
            return ranked.map(\.1).topK(topK).map {
                HybridHit(found: ranked[$0.index].0, rerankScore: $0.score)
            }
        }
    }
}
