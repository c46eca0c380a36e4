// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Joins what several searches found, such as a dense and a lexical one, into one list.
///
/// ```swift
/// let fused = try RankFusion.reciprocalRank()([
///     RankedList("dense", denseHits), RankedList("bm25", index.search(query), weight: 0.5),
/// ], topK: 10)
/// for hit in fused { print(hit.index, hit.score, hit.parts.map { "\($0.name): \($0.contribution)" }) }
/// ```
public enum RankFusion: Sendable, Hashable {
    /// Σ weight / (k + rank), with ranks counted from 1; a list without the document adds nothing.
    ///
    /// It needs no scores that can be compared. Cormack, Clarke and Büttcher, *Reciprocal Rank Fusion Outperforms
    /// Condorcet and Individual Rank Learning Methods*, 2009, <https://doi.org/10.1145/1571941.1572114>.
    case reciprocalRank(k: Double = 60)
    /// Σ weight · normalized score.
    ///
    /// A list without the document counts as if it had it with its lowest normalized score, since all that is known is
    /// that the document is not better; scores that are not normalized count 0 then. An empty list adds nothing. Fox and
    /// Shaw, *Combination of Multiple Searches*, 1994, <https://trec.nist.gov/pubs/trec2/papers/txt/23.txt>.
    case weightedScores(ScoreNormalization = .minMax)

    /// How the scores of a list become comparable with those of others.
    public enum ScoreNormalization: String, Sendable, CaseIterable, Codable {
        /// As they are.
        case none
        /// (score - lowest) / (highest - lowest), from 0 through 1; 1 if all are equal.
        case minMax
        /// (score - mean) / standard deviation; 0 if all are equal.
        case zScore
    }

    /// The documents of all lists, by their fused scores.
    ///
    /// - Parameters:
    ///   - lists: What each search found, best first.
    ///   - topK: How many documents to return at most; all if nil.
    /// - Returns: The documents, best first, of equal scores that of lower index first.
    /// - Throws: ``SearchError`` with code `invalidArgument` if a list has a document twice, a score that is not finite,
    ///   or a weight that is not finite and 0 or more; if k is not finite and 0 or more; or if `topK` is less than 1.
    public func callAsFunction(_ lists: [RankedList], topK: Int? = nil) throws -> [FusedHit] {
        if let topK, topK < 1 {
            throw SearchError(.invalidArgument, "a fusion to the best \(topK) documents; expected at least 1")
        }
        if case .reciprocalRank(let k) = self, !(k >= 0 && k.isFinite) {
            throw SearchError(.invalidArgument, "reciprocal rank fusion with k = \(k); expected 0 or more")
        }
        for list in lists { try Self.check(list) }
        let contributions = lists.map(contributions)
        // The parts of a document that no list has.
        let absent = zip(lists, contributions).map {
            FusedPart(name: $0.name, rank: nil, score: nil, contribution: $1.absent)
        }
        var parts: [Int: [FusedPart]] = [:]
        for (number, list) in lists.enumerated() {
            for (place, hit) in list.hits.enumerated() {
                parts[hit.index, default: absent][number] = FusedPart(
                    name: list.name, rank: place + 1, score: hit.score,
                    contribution: contributions[number].present[place])
            }
        }
        let hits = parts.map { index, parts in
            FusedHit(index: index, score: parts.reduce(0) { $0 + $1.contribution }, parts: parts)
        }
        let sorted = hits.sorted { $0.score > $1.score || ($0.score == $1.score && $0.index < $1.index) }
        return topK.map { Array(sorted.prefix($0)) } ?? sorted
    }

    /// What a list adds to the scores of its documents, and to that of one that it does not have.
    private func contributions(_ list: RankedList) -> (present: [Double], absent: Double) {
        switch self {
        case .reciprocalRank(let k): return (list.hits.indices.map { list.weight / (k + Double($0 + 1)) }, 0)
        case .weightedScores(let normalization):
            let scores = normalization(list.hits.map { Double($0.score) }).map { $0 * list.weight }
            return (scores, normalization == .none ? 0 : scores.min() ?? 0)
        }
    }

    private static func check(_ list: RankedList) throws {
        guard list.weight >= 0, list.weight.isFinite else {
            throw SearchError(.invalidArgument, "list \(list.name) has weight \(list.weight); expected 0 or more")
        }
        var seen: Set<Int> = []
        for (place, hit) in list.hits.enumerated() {
            guard hit.score.isFinite else {
                throw SearchError(
                    .invalidArgument, "hit \(place) of list \(list.name) has score \(hit.score); expected finite scores"
                )
            }
            guard seen.insert(hit.index).inserted else {
                throw SearchError(
                    .invalidArgument, "list \(list.name) has document \(hit.index) twice; expected each once")
            }
        }
    }
}

extension RankFusion.ScoreNormalization {
    /// The normalized scores.
    func callAsFunction(_ scores: [Double]) -> [Double] {
        guard let lowest = scores.min(), let highest = scores.max() else { return [] }
        switch self {
        case .none: return scores
        case .minMax: return scores.map { highest > lowest ? ($0 - lowest) / (highest - lowest) : 1 }
        case .zScore:
            guard highest > lowest else { return scores.map { _ in 0 } }
            let mean = scores.reduce(0, +) / Double(scores.count)
            let variance = scores.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(scores.count)
            return scores.map { ($0 - mean) / variance.squareRoot() }
        }
    }
}
