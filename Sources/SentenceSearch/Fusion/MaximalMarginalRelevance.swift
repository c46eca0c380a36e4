// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Chooses rows that are similar to a query but not to each other, one after another.
///
/// Each time the row with the largest λ · similarity to the query - (1 - λ) · largest similarity to a row already
/// chosen. Carbonell and Goldstein, *The Use of MMR, Diversity-Based Reranking for Reordering Documents and Producing
/// Summaries*, 1998, <https://doi.org/10.1145/290941.291025>.
///
/// - Parameters:
///   - query: The query's embedding.
///   - candidates: `[candidates, dimensions]`, for example the embeddings of what a search found.
///   - lambda: From 0, where only differences count, through 1, where only the query does.
///   - count: How many rows to choose at most, at least 1.
///   - similarity: What is similar.
/// - Returns: The chosen rows in the order in which they were chosen, with what they were chosen for; of equal ones that
///   of lower index.
/// - Throws: ``SearchError`` with code `invalidArgument` if `lambda` or `count` is out of range, dimensions differ, or a
///   similarity is not a number.
public func maximalMarginalRelevance(
    query: some Collection<Float>, candidates: Matrix, lambda: Float = 0.5, count: Int,
    similarity: SimilarityFunction = .cosine
) throws -> [ScoredIndex] {
    guard (0...1).contains(lambda), count >= 1 else {
        throw SearchError(
            .invalidArgument,
            "maximal marginal relevance with lambda \(lambda) for \(count) rows; expected lambda from 0 through 1 and at "
                + "least 1 row")
    }
    let relevance = try similarity(Array(query), candidates)
    if let row = relevance.firstIndex(where: \.isNaN) {
        throw SearchError(
            .invalidArgument,
            "the similarity of the query and candidate \(row) is not a number; expected finite embeddings")
    }
    // For each row the largest similarity to a chosen one; nothing is subtracted from the first.
    var nearest: [Float]?
    var isChosen = [Bool](repeating: false, count: candidates.rows)
    var chosen: [ScoredIndex] = []
    while chosen.count < min(count, candidates.rows) {
        var best: ScoredIndex?
        for row in isChosen.indices where !isChosen[row] {
            let score = lambda * relevance[row] - (1 - lambda) * (nearest?[row] ?? 0)
            if score > best?.score ?? -.infinity || best == nil { best = ScoredIndex(index: row, score: score) }
        }
        guard let best else { break }
        chosen.append(best)
        isChosen[best.index] = true
        let similarities = try similarity(Array(candidates[best.index]), candidates)
        nearest = nearest.map { zip($0, similarities).map { Swift.max($0, $1) } } ?? similarities
    }
    return chosen
}
