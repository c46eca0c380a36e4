// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A search for some queries in an index, block by block of rows in ascending order.
struct SparseSearch {
    /// A column of a query.
    private struct Term {
        let column: Int32
        let weight: Float
        /// The column's next segment, and the end of its segments.
        var segment: Int
        let end: Int
    }

    /// A column of a query in the block that is visited.
    private struct Active {
        let weight: Float
        /// The most that it adds to a score.
        let bound: Double
        let segment: PostingLists.Segment
        /// About how long its weights take to be added, in those of a list.
        let cost: Int
    }

    private struct Query {
        var terms: [Term]
        /// Whether bounds hold: nothing is negative, or so small that single precision would lose it.
        let prunes: Bool
    }

    /// The best rows of each query so far.
    private(set) var best: [BestScores]

    private let views: SparseIndex.Views
    private let count: Int
    private let isAllowed: [Bool]?
    private var queries: [Query]
    /// The scores of the block's rows in single precision.
    private var scores = [Float](repeating: 0, count: PostingLists.blockRows)
    /// The weights of one query by column, else zeros.
    private var lookup: [Float]
    private var candidates: [Int] = []
    private var active: [Active] = []

    /// How many weights of a list can be added in the time that scoring a row by itself takes.
    private static let costOfCandidate = 400
    /// How many weights of a dense segment can be added in the time that one of a list takes.
    private static let denseSpeed = 4
    /// How much of the threshold may be left out at first.
    private static let prunedShare = 0.25

    /// A search for some rows of queries; `views` must be valid while it is used.
    init(
        _ index: SparseIndex, _ views: SparseIndex.Views, _ rows: SparseMatrix, _ range: Range<Int>, topK: Int,
        _ isAllowed: [Bool]?
    ) {
        self.views = views
        count = index.count
        self.isAllowed = isAllowed
        best = Array(repeating: BestScores(capacity: topK), count: range.count)
        lookup = [Float](repeating: 0, count: index.corpus.columns)
        queries = range.map { row in
            let row = SparseRow(rows, row)
            let terms = zip(row.indices, row.values).filter { $1 != 0 }.map { column, weight in
                let offsets = index.lists.segmentOffsets
                return Term(
                    column: column, weight: weight, segment: offsets[Int(column)], end: offsets[Int(column) + 1])
            }
            return Query(terms: terms, prunes: index.allowsPruning && row.values.allSatisfy(SparseIndex.isPrunable))
        }
    }

    /// Takes the rows of a block into account; only for blocks in ascending order.
    mutating func visit(_ block: Int) {
        let rows = PostingLists.rows(ofBlock: block, of: count)
        if let isAllowed, !isAllowed[rows].contains(true) { return }
        for query in queries.indices {
            findActive(query, block)
            visit(rows, query)
        }
    }

    /// Finds the segments of a query's columns in a block.
    private mutating func findActive(_ query: Int, _ block: Int) {
        active.removeAll(keepingCapacity: true)
        let segments = views.segments
        for place in queries[query].terms.indices {
            var term = queries[query].terms[place]
            while term.segment < term.end, segments[term.segment].block < block { term.segment += 1 }
            queries[query].terms[place].segment = term.segment
            guard term.segment < term.end, segments[term.segment].block == block else { continue }
            let segment = segments[term.segment]
            active.append(
                Active(
                    weight: term.weight, bound: Double(abs(term.weight)) * Double(segment.maximum), segment: segment,
                    cost: segment.isDense ? segment.weightCount / Self.denseSpeed : segment.weightCount))
        }
    }

    /// Offers the best of a block's rows, whose segments are in `active`.
    private mutating func visit(_ rows: Range<Int>, _ query: Int) {
        // A sum of n products in single precision, in any order, is off by less than this share of the sum of their
        // magnitudes; the rounding of the exact sum included.
        let share = Double(active.count + 2) * Double(Float.ulpOfOne)
        let total = active.reduce(0) { $0 + $1.bound }, prunes = queries[query].prunes
        guard total < Double(Float.greatestFiniteMagnitude) / 4 else {
            // Sums in single precision could overflow and hide what the exact ones are.
            _ = findCandidates(above: -.infinity, rows)
            return score(rows, query, zeroIsExact: false)
        }
        let threshold = best[query].worst.map(Double.init)
        if prunes, let threshold {
            guard total * (1 + share) > threshold else { return }
            visitPruned(rows, query, threshold, error: share * threshold)
        } else {
            let error = share * total + (prunes ? 0 : Double(Float.leastNormalMagnitude))
            add(active, rows.count)
            _ = findCandidates(above: (threshold ?? lowestWanted(rows, query) - error) - error, rows)
            score(rows, query, zeroIsExact: prunes)
        }
    }

    /// Offers rows that are above a threshold, and leaves out columns that cannot bring many above it.
    private mutating func visitPruned(_ rows: Range<Int>, _ query: Int, _ threshold: Double, error: Double) {
        let kept = partition(atMost: threshold * Self.prunedShare)
        add(active[..<kept], rows.count)
        let rest = active[kept...].reduce(0) { $0 + $1.bound }, cost = active[kept...].reduce(0) { $0 + $1.cost }
        var isComplete = kept == active.count
        let most = isComplete ? .max : cost / Self.costOfCandidate
        if !findCandidates(above: threshold - rest - error, rows, atMost: most) {
            for entry in active[kept...] { add(entry) }
            isComplete = true
            _ = findCandidates(above: threshold - error, rows)
        }
        score(rows, query, zeroIsExact: isComplete)
    }

    /// The last of the block's best inexact scores, if it has as many rows as are wanted.
    private func lowestWanted(_ rows: Range<Int>, _ query: Int) -> Double {
        let wanted = best[query].capacity
        guard wanted <= rows.count else { return -.infinity }
        let known =
            isAllowed.map { allowed in
                zip(scores, allowed[rows]).filter(\.1).map(\.0).topK(wanted)
            } ?? scores[..<rows.count].topK(wanted)
        return known.count == wanted ? known.last.map { Double($0.score) } ?? -.infinity : -.infinity
    }

    /// Moves columns that add at most `limit` in total to the end, those first that cost most for what they add.
    ///
    /// - Returns: Where they begin.
    private mutating func partition(atMost limit: Double) -> Int {
        active.sort { $0.bound * Double($1.cost) > $1.bound * Double($0.cost) }
        var first = active.count, sum = 0.0
        while first > 0, sum + active[first - 1].bound <= limit {
            first -= 1
            sum += active[first].bound
        }
        return first
    }

    /// Sets the scores to what some columns give.
    private mutating func add(_ entries: some Sequence<Active>, _ count: Int) {
        scores.withUnsafeMutableBufferPointer { $0[..<count].update(repeating: 0) }
        for entry in entries { add(entry) }
    }

    /// Adds what a column gives to the scores.
    private mutating func add(_ entry: Active) {
        let (views, segment, weight) = (views, entry.segment, entry.weight)
        scores.withUnsafeMutableBufferPointer { scores in
            let scores = scores.baseAddress!
            if segment.isDense {
                let dense = views.dense.baseAddress! + segment.start
                for row in 0..<segment.weightCount { scores[row] += weight * dense[row] }
            } else {
                let rows = views.rows.baseAddress! + segment.start, weights = views.weights.baseAddress! + segment.start
                for place in 0..<segment.weightCount { scores[Int(rows[place])] += weight * weights[place] }
            }
        }
    }

    /// Finds the allowed rows of a block whose inexact score is above `limit`.
    ///
    /// - Returns: Whether there are at most `most`; otherwise not all are found.
    private mutating func findCandidates(above limit: Double, _ rows: Range<Int>, atMost most: Int = .max) -> Bool {
        candidates.removeAll(keepingCapacity: true)
        let limits = SIMD16<Float>(repeating: Float(limit).nextDown)
        return scores.withUnsafeBytes { bytes in
            for first in stride(from: 0, to: rows.count, by: 16) {
                let chunk = bytes.loadUnaligned(fromByteOffset: first * 4, as: SIMD16<Float>.self)
                let isAbove = chunk .> limits
                guard any(isAbove) else { continue }
                for lane in 0..<min(16, rows.count - first) where isAbove[lane] {
                    guard isAllowed?[rows.lowerBound + first + lane] ?? true else { continue }
                    guard candidates.count < most else { return false }
                    candidates.append(first + lane)
                }
            }
            return true
        }
    }

    /// Offers the candidates with their exact scores.
    private mutating func score(_ rows: Range<Int>, _ query: Int, zeroIsExact: Bool) {
        guard !candidates.isEmpty else { return }
        for term in queries[query].terms { lookup[Int(term.column)] = term.weight }
        for candidate in candidates {
            let row = rows.lowerBound + candidate
            // The arithmetic of `SimilarityFunction.dot`, to the bit.
            var sum = 0.0
            if !zeroIsExact || scores[candidate] != 0 {
                for place in views.rowOffsets[row]..<views.rowOffsets[row + 1] {
                    sum += Double(lookup[Int(views.indices[place])]) * Double(views.values[place])
                }
            }
            best[query].insert(ScoredIndex(index: row, score: Float(sum)))
        }
        for term in queries[query].terms { lookup[Int(term.column)] = 0 }
    }
}
