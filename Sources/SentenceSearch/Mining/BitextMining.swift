// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// How the cosine of a pair is related to those of its nearest neighbours.
///
/// Artetxe and Schwenk, *Margin-based Parallel Corpus Mining with Multilingual Sentence Embeddings*, 2019,
/// <https://arxiv.org/abs/1811.01136>. b is the mean of the cosines of both with their k nearest neighbours.
public enum BitextMargin: String, Sendable, CaseIterable, Codable {
    /// The cosine itself.
    case absolute
    /// The cosine minus b.
    case distance
    /// The cosine divided by b.
    case ratio

    fileprivate func callAsFunction(_ cosine: Float, _ mean: Float) -> Float {
        switch self {
        case .absolute: cosine
        case .distance: cosine - mean
        case .ratio: cosine / mean
        }
    }
}

/// Which pairs are returned, of those that have the best score of a sentence.
public enum BitextRetrieval: String, Sendable, CaseIterable, Codable {
    /// For each source its best target.
    case forward
    /// For each target its best source.
    case backward
    /// Pairs each of which is the best of the other.
    case intersection
    /// The best of both directions, by descending score, each sentence in one pair.
    case max
}

/// Finds translations: pairs of a source and a target sentence that are closer than their neighbours.
///
/// The candidates of a sentence are its k nearest neighbours by cosine, and each score is computed once for both
/// directions. Equal scores are ordered by row.
/// - Parameters:
///   - source: The embeddings of one language, in memory or in a file; codes count as the numbers that they stand for, bits
///     as -1 and 1.
///   - target: Those of the other language, with as many dimensions.
///   - k: The number of nearest neighbours, at least 1; all if there are fewer.
///   - margin: How a pair is scored.
///   - retrieval: Which pairs are returned.
///   - threshold: The least score to return; every pair if nil.
///   - threads: The number of threads to use; if nil, all that the process may use.
/// - Returns: The pairs, best first: `first` is a row of `source`, `second` one of `target`. A score that
///   is NaN (0 / 0, for zeros) comes last.
/// - Throws: ``SearchError`` with code `invalidArgument` if dimensions differ, an argument is out of range, or an embedding
///   has NaN or an infinite number; an error of a file that holds embeddings.
public func bitextMining(
    source: SearchCorpus, target: SearchCorpus, k: Int = 4, margin: BitextMargin = .ratio,
    retrieval: BitextRetrieval = .max,
    threshold: Float? = nil, threads: Int? = nil
) throws -> [MinedPair] {
    try bitextMining(
        source: source, target: target, k: k, margin: margin, retrieval: retrieval, threshold: threshold,
        threads: threads, onProgress: LongCall.onStep)
}

/// Finds translations among the rows of two matrices; see the function for a ``SearchCorpus``.
public func bitextMining(
    source: Matrix, target: Matrix, k: Int = 4, margin: BitextMargin = .ratio, retrieval: BitextRetrieval = .max,
    threshold: Float? = nil, threads: Int? = nil
) throws -> [MinedPair] {
    try bitextMining(
        source: SearchCorpus(source), target: SearchCorpus(target), k: k, margin: margin, retrieval: retrieval,
        threshold: threshold, threads: threads)
}

/// The same; `onProgress` is called on any thread with the share of all comparisons done since the last call, and ends the
/// search if it throws.
package func bitextMining(
    source: SearchCorpus, target: SearchCorpus, k: Int, margin: BitextMargin, retrieval: BitextRetrieval,
    threshold: Float?,
    threads: Int?, onProgress: (@Sendable (Double) throws -> Void)?
) throws -> [MinedPair] {
    try SearchError.requirePositive(k, "k")
    if let threshold, threshold.isNaN {
        throw SearchError(.invalidArgument, "threshold is NaN; expected a number")
    }
    try SimilarityFunction.check([source.rows, source.dimensions], [target.rows, target.dimensions])
    let sources = try MiningCorpus(source, .cosine, threads: threads)
    let targets = try MiningCorpus(target, .cosine, threads: threads)
    guard sources.count > 0, targets.count > 0 else { return [] }
    let forward = NeighbourHeaps(rows: sources.count, capacity: min(k, targets.count))
    let backward = NeighbourHeaps(rows: targets.count, capacity: min(k, sources.count))
    try AllPairs(rows: targets, queries: sources, threads: threads, onProgress: onProgress)
        .forEachScan { range in
            {
                NeighbourCollector(
                    ofRows: backward, range: range, bounds: [], capacity: forward.capacity, onlyLaterRows: false)
            }
        } finish: { range, collectors in
            for collector in collectors {
                for query in 0..<range.count {
                    for neighbour in collector.ofQueries[query] {
                        forward.insert(neighbour, of: range.lowerBound + query)
                    }
                }
            }
        }
    let candidates = BitextCandidates(forward: forward, backward: backward, margin: margin)
    let pairs = candidates.pairs(retrieval).filter { pair in threshold.map { pair.score >= $0 } ?? true }
    return pairs.sorted { $0.precedes($1) }
}

/// The nearest neighbours of all sentences, and the scores of the best pairs among them.
private struct BitextCandidates {
    /// The best pair of each source, in their order, and of each target.
    private let ofSources: [MinedPair], ofTargets: [MinedPair]

    init(forward: NeighbourHeaps, backward: NeighbourHeaps, margin: BitextMargin) {
        let sourceMeans = forward.means, targetMeans = backward.means
        func pair(_ source: Int, _ target: Int, _ cosine: Float) -> MinedPair {
            let score = margin(cosine, (sourceMeans[source] + targetMeans[target]) / 2)
            return MinedPair(first: source, second: target, score: score)
        }
        func best(_ pairs: some Sequence<MinedPair>) -> MinedPair? { pairs.min { $0.precedes($1) } }
        ofSources = (0..<forward.rows).compactMap { source in
            best(forward[source].map { pair(source, Int($0.index), $0.score) })
        }
        ofTargets = (0..<backward.rows).compactMap { target in
            best(backward[target].map { pair(Int($0.index), target, $0.score) })
        }
    }

    func pairs(_ retrieval: BitextRetrieval) -> [MinedPair] {
        switch retrieval {
        case .forward: return ofSources
        case .backward: return ofTargets
        case .intersection:
            let best = Set(ofTargets.map { [$0.first, $0.second] })
            return ofSources.filter { best.contains([$0.first, $0.second]) }
        case .max:
            var sources = Set<Int>(), targets = Set<Int>()
            return (ofSources + ofTargets).sorted { $0.precedes($1) }.filter { pair in
                guard !sources.contains(pair.first), !targets.contains(pair.second) else { return false }
                sources.insert(pair.first)
                targets.insert(pair.second)
                return true
            }
        }
    }
}

extension MinedPair {
    /// Whether this pair comes first: by score with NaN last, then by rows.
    fileprivate func precedes(_ other: MinedPair) -> Bool {
        score.ranks(before: other.score)
            || (!other.score.ranks(before: score) && (first, second) < (other.first, other.second))
    }
}

extension NeighbourHeaps {
    /// The mean score of each row's neighbours; summed from the best on, so that it does not depend on their order.
    fileprivate var means: [Float] {
        (0..<rows).map { row in sorted(row).reduce(0) { $0 + $1.score } / Float(max(1, self[row].count)) }
    }
}
