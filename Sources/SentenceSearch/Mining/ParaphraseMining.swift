// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Two embeddings of one collection, or one of each of two, and their score.
public struct MinedPair: Sendable, Hashable, Codable {
    /// The row of the first one; in a pair of one collection the lower row.
    public let first: Int
    /// The row of the second one.
    public let second: Int
    /// Their score; larger is more similar.
    public let score: Float

    /// A pair with its score.
    public init(first: Int, second: Int, score: Float) {
        self.first = first
        self.second = second
        self.score = score
    }

    /// Whether this pair comes first: by score, then by rows.
    func ranks(before other: MinedPair) -> Bool {
        score > other.score || (score == other.score && (first, second) < (other.first, other.second))
    }
}

/// The most similar pairs among all pairs of embeddings.
///
/// A pair counts if one of the two is among the `topK` best of the other. This is the reference's
/// `paraphrase_mining_embeddings`; equal scores are ordered by row. Memory grows with the number of rows times `topK`
/// (8 bytes each) and with `maxPairs`, not with the number of pairs.
/// - Parameters:
///   - embeddings: The embeddings, in memory or in a file; codes count as the numbers that they stand for, bits as -1 and
///     1, so that the cosine is 1 - 2 * (Hamming distance) / (number of bits).
///   - maxPairs: How many pairs to return at most, at least 1.
///   - topK: For how many others an embedding may form a pair, at least 1.
///   - scoreFunction: How two embeddings are compared.
///   - threads: The number of threads to use; if nil, all that the process may use.
/// - Returns: The pairs, best first, each once. Pairs whose score is NaN (of infinite products) are left out.
/// - Throws: ``SearchError`` with code `invalidArgument` for an argument out of range, or an embedding with NaN or an
///   infinite number; an error of the file that holds the corpus.
public func paraphraseMining(
    _ embeddings: SearchCorpus, maxPairs: Int = 500_000, topK: Int = 100, scoreFunction: SimilarityFunction = .cosine,
    threads: Int? = nil
) throws -> [MinedPair] {
    try paraphraseMining(
        embeddings, maxPairs: maxPairs, topK: topK, scoreFunction: scoreFunction, threads: threads,
        onProgress: LongCall.onStep)
}

/// The most similar pairs among the rows of a matrix; see the function for a ``SearchCorpus``.
public func paraphraseMining(
    _ embeddings: Matrix, maxPairs: Int = 500_000, topK: Int = 100, scoreFunction: SimilarityFunction = .cosine,
    threads: Int? = nil
) throws -> [MinedPair] {
    try paraphraseMining(
        SearchCorpus(embeddings), maxPairs: maxPairs, topK: topK, scoreFunction: scoreFunction, threads: threads)
}

/// The same; `onProgress` is called on any thread with the share of all comparisons done since the last call, and ends the
/// search if it throws.
package func paraphraseMining(
    _ embeddings: SearchCorpus, maxPairs: Int, topK: Int, scoreFunction: SimilarityFunction, threads: Int?,
    onProgress: (@Sendable (Double) throws -> Void)?
) throws -> [MinedPair] {
    try SearchError.requirePositive(maxPairs, "maxPairs")
    try SearchError.requirePositive(topK, "topK")
    let corpus = try MiningCorpus(embeddings, scoreFunction, threads: threads)
    guard corpus.count > 1 else { return [] }
    let capacity = min(topK, corpus.count - 1)
    let heaps = NeighbourHeaps(rows: corpus.count, capacity: capacity)
    var best = BestPairs(capacity: maxPairs)
    try AllPairs(rows: corpus, threads: threads, onProgress: onProgress).forEachScan { range in
        let bounds = Array(UnsafeBufferPointer(start: heaps.bounds + range.lowerBound, count: range.count))
        return {
            NeighbourCollector(
                ofRows: heaps, range: range, bounds: bounds, capacity: capacity, onlyLaterRows: true)
        }
    } finish: { range, collectors in
        for collector in collectors {
            for query in 0..<range.count {
                for neighbour in collector.ofQueries[query] { heaps.insert(neighbour, of: range.lowerBound + query) }
            }
        }
        // No later scan changes the neighbours of these rows.
        for row in range { best.insert(heaps[row], of: row, worst: heaps.worst) }
        // What ranks behind as many pairs as are wanted is wanted by no row.
        if let floor = best.floor { heaps.raiseBounds(to: floor) }
    }
    return best.sorted
}
