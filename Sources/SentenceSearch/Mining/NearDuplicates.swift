// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors

/// Which embeddings that are similar to others form a group.
public enum DuplicateGrouping: String, Sendable, CaseIterable, Codable {
    /// Each embedding is kept unless a kept one before it is similar; then it joins the group of the first such one. So
    /// all of a group are similar to its first, and no two kept ones are similar.
    case keepFirst
    /// Two embeddings are in one group if a chain of similar ones connects them (single link).
    case connected
}

/// Groups of embeddings that are nearly the same.
///
/// To remove duplicates, keep the first row of each group. Memory grows with the number of rows, not of pairs.
/// - Parameters:
///   - embeddings: The embeddings, in memory or in a file; codes count as the numbers that they stand for, bits as -1 and
///     1.
///   - threshold: The least score of two that count as the same.
///   - grouping: How groups are formed.
///   - scoreFunction: How two embeddings are compared.
///   - threads: The number of threads to use; if nil, all that the process may use.
/// - Returns: The rows of each group of two and more, ascending; the largest group first, equal ones by their first row.
/// - Throws: ``SearchError`` with code `invalidArgument` for an argument out of range, or an embedding with NaN or an
///   infinite number; an error of the file that holds the corpus.
public func nearDuplicates(
    _ embeddings: SearchCorpus, threshold: Float = 0.95, grouping: DuplicateGrouping = .keepFirst,
    scoreFunction: SimilarityFunction = .cosine, threads: Int? = nil
) throws -> [[Int]] {
    try nearDuplicates(
        embeddings, threshold: threshold, grouping: grouping, scoreFunction: scoreFunction, threads: threads,
        onProgress: LongCall.onStep)
}

/// Groups of nearly the same rows of a matrix; see the function for a ``SearchCorpus``.
public func nearDuplicates(
    _ embeddings: Matrix, threshold: Float = 0.95, grouping: DuplicateGrouping = .keepFirst,
    scoreFunction: SimilarityFunction = .cosine, threads: Int? = nil
) throws -> [[Int]] {
    try nearDuplicates(
        SearchCorpus(embeddings), threshold: threshold, grouping: grouping, scoreFunction: scoreFunction,
        threads: threads)
}

/// Groups of texts with the same bytes.
///
/// - Parameter texts: The texts; to ignore case or white space, pass them normalized.
/// - Returns: The indices of each group of two and more, ascending; the largest group first, equal ones by their first
///   index.
public func exactDuplicates(_ texts: some Sequence<String>) -> [[Int]] {
    var groups: [ExactString: [Int]] = [:]
    for (index, text) in texts.enumerated() { groups[ExactString(text), default: []].append(index) }
    return largestFirst(groups.values)
}

/// The same; `onProgress` is called on any thread with the share of all comparisons done since the last call, and ends the
/// search if it throws.
package func nearDuplicates(
    _ embeddings: SearchCorpus, threshold: Float, grouping: DuplicateGrouping, scoreFunction: SimilarityFunction,
    threads: Int?, onProgress: (@Sendable (Double) throws -> Void)?
) throws -> [[Int]] {
    guard !threshold.isNaN else { throw SearchError(.invalidArgument, "threshold is NaN; expected a number") }
    let corpus = try MiningCorpus(embeddings, scoreFunction, threads: threads)
    let pairs = AllPairs(rows: corpus, threads: threads, onProgress: onProgress)
    let firsts =
        switch grouping {
        case .connected: try firstConnected(pairs, threshold)
        case .keepFirst: try firstSimilar(pairs, threshold)
        }
    var groups: [Int: [Int]] = [:]
    for (row, first) in firsts.enumerated() where first != row { groups[first, default: [first]].append(row) }
    return largestFirst(groups.values)
}

private func largestFirst(_ groups: some Sequence<[Int]>) -> [[Int]] {
    groups.filter { $0.count > 1 }.sorted { (-$0.count, $0[0]) < (-$1.count, $1[0]) }
}

/// For each row the first one that a chain of similar rows connects it with.
private func firstConnected(_ pairs: AllPairs, _ threshold: Float) throws -> [Int] {
    var all = DisjointSets(count: pairs.rows.count)
    try pairs.forEachScan { [start = all] range in
        // Threads begin with what is known, which makes most further pairs of a large group nothing new.
        { ConnectionCollector(start, range: range, threshold: threshold) }
    } finish: { _, collectors in
        for collector in collectors { all.merge(collector.sets) }
    }
    return (0..<pairs.rows.count).map { all.first(of: $0) }
}

/// Joins the sets of rows that are similar.
private final class ConnectionCollector: PairTaker {
    private(set) var sets: DisjointSets
    private let first: Int
    private let floors: EqualFloors

    init(_ sets: DisjointSets, range: Range<Int>, threshold: Float) {
        self.sets = sets
        first = range.lowerBound
        floors = EqualFloors(threshold, count: range.count)
    }

    var queryFloors: UnsafePointer<Float> { floors.start }
    func floor(ofRow row: Int) -> Float { floors.floor }

    func take(row: Int, _ queries: UnsafePointer<UInt32>, _ scores: UnsafePointer<Float>, count: Int) {
        for place in 0..<count where scores[place] >= floors.floor { sets.join(first + Int(queries[place]), row) }
    }
}

/// For each row the first kept row that is similar to it; itself if it is kept.
///
/// Whether a row is kept is known once all rows before it are compared with it; so some rows at a time are compared with
/// one another and decided in order, and then those that are kept with all later rows that are still open.
private func firstSimilar(_ pairs: AllPairs, _ threshold: Float) throws -> [Int] {
    let rows = pairs.rows.count, size = AllPairs.queryCount(of: rows)
    let firsts = FirstRows(count: rows)
    for start in stride(from: 0, to: rows, by: size) {
        let end = min(start + size, rows)
        let open = (start..<end).filter { firsts.rows[$0] == UInt32.max }
        let among = RowSet(count: rows) { $0 >= start && $0 < end && firsts.rows[$0] == UInt32.max }
        let states = try semanticPairs(
            pairs.rows.vectors.matrix(open), in: pairs.rows.vectors, atLeast: threshold,
            scoreFunction: pairs.rows.function, allowed: among,
            threads: pairs.threads, initialState: { [(Int, Int)]() }
        ) { found, pair in
            if open[pair.query] < pair.index { found.append((open[pair.query], pair.index)) }
        }
        var later: [Int: [Int]] = [:]
        for (row, other) in states.joined() { later[row, default: []].append(other) }
        var kept: [Int] = []
        for row in open where firsts.rows[row] == UInt32.max {
            firsts.rows[row] = UInt32(row)
            kept.append(row)
            for other in later[row] ?? [] { firsts.rows[other] = min(firsts.rows[other], UInt32(row)) }
        }
        let rest = RowSet(count: rows) { $0 >= end && firsts.rows[$0] == UInt32.max }
        var scan = try CorpusScan(
            pairs.rows.vectors.matrix(kept), pairs.rows.vectors, pairs.rows.function, rest, pairs.threads)
        if let onProgress = pairs.onProgress {
            let share = Double(end - start) / Double(rows) / Double(rows)
            scan.onChunk = { try onProgress(share * Double($0)) }
        }
        _ = try scan.run { [kept] in FirstRowCollector(firsts, kept: kept, threshold: threshold) }
    }
    return (0..<rows).map { Int(firsts.rows[$0]) }
}

/// For each row the first similar one; the largest number if none is known.
///
/// `@unchecked Sendable`: in a scan every row belongs to one thread, which alone writes its number; between scans only the
/// caller does.
private final class FirstRows: @unchecked Sendable {
    let rows: UnsafeMutableBufferPointer<UInt32>

    init(count: Int) {
        rows = .allocate(capacity: count)
        rows.initialize(repeating: .max)
    }

    deinit { rows.deallocate() }
}

private final class FirstRowCollector: ScoreCollector {
    private let firsts: FirstRows
    private let kept: [Int]
    private let threshold: Float
    private let kernels = RowSearchKernels()

    init(_ firsts: FirstRows, kept: [Int], threshold: Float) {
        self.firsts = firsts
        self.kept = kept
        self.threshold = threshold
    }

    func collect(
        query: Int, _ scores: UnsafePointer<Float>, of rows: RowBlock, selected: UnsafeMutablePointer<UInt32>
    ) {
        let count = kernels.select(scores, atLeast: threshold, count: rows.count, into: selected)
        for position in UnsafeBufferPointer(start: selected, count: count).lazy.map(Int.init) {
            let row = rows[position]
            firsts.rows[row] = min(firsts.rows[row], UInt32(kept[query]))
        }
    }
}
