// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Finds communities: groups of embeddings around one to which all others are similar.
///
/// Each embedding with at least `minimumCommunitySize` embeddings (itself included) whose cosine with it is at least
/// `threshold` proposes these as a community. Proposals are taken by size, the largest first, equal ones by the index of
/// their centre; one whose centre is already in a community is left out, and so are members that are. This is the reference's
/// `community_detection`, in memory that does not grow with the number of pairs: if there are more than 32 million similar
/// pairs, neighbours are found again for the proposals that are considered.
/// - Parameters:
///   - embeddings: Embeddings of any length, in memory or in a file; codes count as the numbers that they stand for, bits
///     as -1 and 1.
///   - threshold: The least cosine of a community's centre with its members.
///   - minimumCommunitySize: How many members a community has at least, with its centre; at least 1.
///   - threads: The number of threads to use; if nil, all that the process may use.
/// - Returns: The rows of each community, the largest first. The centre comes first, then the members by descending cosine
///   with it, equal ones by index.
/// - Throws: ``SearchError`` with code `invalidArgument` for an argument out of range, or an embedding with NaN or an
///   infinite number; an error of the file that holds the corpus.
public func communityDetection(
    _ embeddings: SearchCorpus, threshold: Float = 0.75, minimumCommunitySize: Int = 10, threads: Int? = nil
) throws -> [[Int]] {
    try communityDetection(
        embeddings, threshold: threshold, minimumCommunitySize: minimumCommunitySize, threads: threads,
        onProgress: LongCall.onStep)
}

/// Finds communities in a matrix of embeddings; see the function for a ``SearchCorpus``.
public func communityDetection(
    _ embeddings: Matrix, threshold: Float = 0.75, minimumCommunitySize: Int = 10, threads: Int? = nil
) throws -> [[Int]] {
    try communityDetection(
        SearchCorpus(embeddings), threshold: threshold, minimumCommunitySize: minimumCommunitySize, threads: threads)
}

/// The same, with at most `keptPairs` pairs kept.
///
/// `onProgress` is called on any thread with the share of all comparisons done since the last call, and ends the search if it
/// throws.
package func communityDetection(
    _ embeddings: SearchCorpus, threshold: Float, minimumCommunitySize: Int, threads: Int?,
    keptPairs: Int? = nil, onProgress: (@Sendable (Double) throws -> Void)?
) throws -> [[Int]] {
    try SearchError.requirePositive(minimumCommunitySize, "minimumCommunitySize")
    guard !threshold.isNaN else { throw SearchError(.invalidArgument, "threshold is NaN; expected a number") }
    let corpus = try MiningCorpus(embeddings, .cosine, threads: threads)
    guard corpus.count >= minimumCommunitySize else { return [] }
    let pairs = AllPairs(rows: corpus, threads: threads, onProgress: onProgress)
    let lists = try NeighbourLists(
        pairs, threshold: threshold, least: minimumCommunitySize, keptPairs: keptPairs ?? NeighbourLists.keptPairs)
    var communities = Communities(count: corpus.count, least: minimumCommunitySize)
    let proposals = lists.counts.indices.filter { lists.counts[$0] >= minimumCommunitySize }
        .sorted { (lists.counts[$1], $0) < (lists.counts[$0], $1) }
    if lists.hasLists {
        for center in proposals where !communities.isTaken(center) { communities.propose(center, lists[center]) }
    } else {
        try communities.propose(
            proposals, sizes: lists.counts,
            NeighbourSearch(corpus: corpus.vectors, threshold: threshold, threads: threads),
            onProgress: onProgress)
    }
    return communities.found.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }
        .map(\.element)
}

/// Takes proposals one after another, so that no embedding is in two communities.
private struct Communities {
    /// How many lists may be asked for at a time, and how many neighbours they may have together.
    private static let (mostLists, mostNeighbours) = (1024, 16 << 20)

    private(set) var found: [[Int]] = []
    private var taken: [Bool]
    private let least: Int

    init(count: Int, least: Int) {
        taken = [Bool](repeating: false, count: count)
        self.least = least
    }

    func isTaken(_ row: Int) -> Bool { taken[row] }

    /// Adds what is left of a proposal if it is large enough.
    mutating func propose(_ center: Int, _ neighbours: some Sequence<Neighbour>) {
        let free = neighbours.filter { !taken[Int($0.index)] }
        guard free.count >= least else { return }
        let members = free.sorted { $0.ranks(before: $1) }.lazy.map { Int($0.index) }.filter { $0 != center }
        found.append([center] + members)
        taken[center] = true
        for member in members { taken[member] = true }
    }

    /// Takes proposals whose neighbours must be found first, of several at a time.
    ///
    /// Those of a centre that is taken by one of the same batch are found in vain; so batches only grow while few are.
    mutating func propose(
        _ centers: [Int], sizes: [UInt32], _ search: NeighbourSearch, onProgress: (@Sendable (Double) throws -> Void)?
    ) throws {
        var next = 0, batchSize = 1
        while next < centers.count {
            var batch: [Int] = [], total = 0
            while next < centers.count, batch.count < batchSize {
                let center = centers[next], size = Int(sizes[center])
                if !taken[center] {
                    if !batch.isEmpty, total + size > Self.mostNeighbours { break }
                    batch.append(center)
                    total += size
                }
                next += 1
            }
            guard !batch.isEmpty else { break }
            try onProgress?(0)
            let free = RowSet(count: taken.count) { !taken[$0] }
            let lists = try search.neighbours(of: batch, among: free)
            var useful = 0
            for (center, neighbours) in zip(batch, lists) where !taken[center] {
                propose(center, neighbours)
                useful += 1
            }
            batchSize = min(Self.mostLists, max(1, 2 * useful > batch.count ? 2 * batchSize : batchSize / 2))
        }
    }
}

/// Finds the neighbours of some rows again, with the scores that they had before.
private struct NeighbourSearch {
    let corpus: SearchCorpus
    let threshold: Float
    let threads: Int?

    func neighbours(of rows: [Int], among allowed: RowSet) throws -> [[Neighbour]] {
        let states = try semanticPairs(
            corpus.matrix(rows), in: corpus, atLeast: threshold, scoreFunction: .dot, allowed: allowed,
            threads: threads, initialState: { [[Neighbour]](repeating: [], count: rows.count) }
        ) { $0[$1.query].append(Neighbour(index: UInt32($1.index), score: $1.score)) }
        return rows.indices.map { place in states.flatMap { $0[place] } }
    }
}
