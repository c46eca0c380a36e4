// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The most similar pairs among all pairs of sparse embeddings.
///
/// As for dense embeddings: a pair counts if one of the two is among the `topK` best of the other, and equal scores are
/// ordered by row. Neighbours are found by a ``SparseIndex`` (for distances by comparing all), some rows at a time; so memory
/// grows with the index and with `maxPairs`, by 8 bytes for each row, and not with the number of pairs.
/// - Parameters:
///   - embeddings: `[rows, columns]`, with finite elements.
///   - maxPairs: How many pairs to return at most, at least 1.
///   - topK: For how many others an embedding may form a pair, at least 1.
///   - scoreFunction: How two embeddings are compared; for the cosine rows are scaled to unit length.
///   - threads: The number of threads to use; if nil, all that the process may use.
/// - Returns: The pairs, best first, each once.
/// - Throws: ``SearchError`` with code `invalidArgument` for an argument out of range, or an element that is not finite.
public func paraphraseMining(
    _ embeddings: SparseMatrix, maxPairs: Int = 500_000, topK: Int = 100, scoreFunction: SimilarityFunction = .cosine,
    threads: Int? = nil
) throws -> [MinedPair] {
    try paraphraseMining(
        embeddings, maxPairs: maxPairs, topK: topK, scoreFunction: scoreFunction, threads: threads,
        onProgress: LongCall.onStep)
}

/// How many rows are queries at a time.
private let queriedRows = 1024

/// The same; `onProgress` is called with the share of all rows done since the last call, and ends the search if it throws.
package func paraphraseMining(
    _ embeddings: SparseMatrix, maxPairs: Int, topK: Int, scoreFunction: SimilarityFunction, threads: Int?,
    onProgress: (@Sendable (Double) throws -> Void)?
) throws -> [MinedPair] {
    try SearchError.requirePositive(maxPairs, "maxPairs")
    try SearchError.requirePositive(topK, "topK")
    let rows = embeddings.rows, capacity = min(topK, rows - 1)
    // Rows are counted in 32 bits.
    guard rows <= Int(UInt32.max) else {
        throw SearchError(.invalidArgument, "\(rows) embeddings are too many; expected up to \(UInt32.max)")
    }
    let corpus = try SparseCorpus(embeddings, scoreFunction, threads: threads)
    guard rows > 1 else { return [] }
    var best = BestPairs(capacity: maxPairs), worst: [Neighbour] = []
    worst.reserveCapacity(rows)
    for start in stride(from: 0, to: rows, by: queriedRows) {
        let range = start..<min(start + queriedRows, rows)
        // A row may be among its own neighbours.
        let found = try corpus.neighbours(of: range, count: capacity + 1, threads: threads)
        for (row, hits) in zip(range, found) {
            let neighbours = hits.lazy.filter { $0.index != row }.prefix(capacity).map {
                Neighbour(index: UInt32($0.index), score: $0.score)
            }
            let list = Array(neighbours)
            best.insert(list, of: row) { worst[$0] }
            worst.append(list[capacity - 1])
        }
        try onProgress?(Double(range.count) / Double(rows))
    }
    return best.sorted
}
