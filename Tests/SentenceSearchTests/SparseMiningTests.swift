// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTestSupport
import Synchronization
import Testing

@Suite("Paraphrase mining among sparse embeddings")
struct SparseMiningTests {
    /// Sums of up to 30 products in another order, of rows whose lengths were rounded.
    private static let tolerance: Float = 1e-5

    /// Enough rows for two blocks of queries; values are few, so that there are many ties.
    private static func matrix(_ rows: Int = 1100, seed: UInt64 = 5, values: [Float] = [0.5, 1, 2]) throws
        -> SparseMatrix
    {
        var random = SeededGenerator(seed: seed)
        return try SparseIndexTests.matrix(rows: rows, columns: 200, active: 20, values: values, &random)
    }

    /// The pairs of all rows' best neighbours among all scores, by the definition.
    private static func expected(_ scores: Matrix, _ topK: Int, _ maxPairs: Int) -> [MinedPair] {
        var all = Set<MinedPair>()
        for (row, scores) in scores.enumerated() {
            for hit in scores.topK(topK + 1).filter({ $0.index != row }).prefix(topK) {
                all.insert(MinedPair(first: min(row, hit.index), second: max(row, hit.index), score: hit.score))
            }
        }
        let sorted = all.sorted { (-$0.score, $0.first, $0.second) < (-$1.score, $1.first, $1.second) }
        return Array(sorted.prefix(maxPairs))
    }

    @Test(
        "Pairs are those of all scores, to the bit",
        arguments: [SimilarityFunction.dot, .euclidean, .manhattan], [(1, 100_000), (7, 300), (100, 2000)])
    func definition(function: SimilarityFunction, limits: (topK: Int, maxPairs: Int)) throws {
        let rows = try Self.matrix(), expected = Self.expected(try function(rows, rows), limits.topK, limits.maxPairs)
        for threads in [1, 3] {
            let found = try paraphraseMining(
                rows, maxPairs: limits.maxPairs, topK: limits.topK, scoreFunction: function, threads: threads)
            #expect(found == expected)
        }
    }

    @Test("Pairs by the cosine are those of dense mining", arguments: [false, true])
    func dense(hasNegatives: Bool) throws {
        // Of continuous values no scores are equal, but those of rows without a common column.
        var random = SeededGenerator(seed: 8)
        let values = (0..<999).map { _ in Float.random(in: (hasNegatives ? -1 : 0.1)..<2, using: &random) }
        let rows = try Self.matrix(500, seed: 9, values: values)
        let found = try paraphraseMining(rows, maxPairs: 400, topK: 20)
        let expected = try paraphraseMining(rows.dense, maxPairs: 400, topK: 20)
        #expect(found.count == 400 && found[399].score > 0)
        for (a, b) in zip(found, expected) {
            #expect(abs(a.score - b.score) < Self.tolerance)
            // Rounding may exchange pairs that are about equal.
            #expect(
                (a.first, a.second) == (b.first, b.second)
                    || expected.contains { abs($0.score - a.score) < Self.tolerance })
        }
        #expect(
            Set(found.map { [$0.first, $0.second] }).intersection(expected.map { [$0.first, $0.second] }).count > 395)
    }

    @Test("Few, equal and empty rows; wrong arguments; progress")
    func few() throws {
        #expect(try paraphraseMining(SparseMatrix(rows: [], columns: 3)) == [])
        #expect(try paraphraseMining(SparseMatrix(Matrix(rows: [[1, 2]]))) == [])
        let equal = try SparseMatrix(Matrix(rows: [[Float]](repeating: [2, 0], count: 3) + [[0, 0]]))
        #expect(
            try paraphraseMining(equal, maxPairs: 4)
                == [(0, 1, 1), (0, 2, 1), (1, 2, 1), (0, 3, 0)].map {
                    MinedPair(first: $0.0, second: $0.1, score: $0.2)
                })
        #expect(errorText { try paraphraseMining(equal, maxPairs: 0) } == "maxPairs is 0; expected a positive number")
        #expect(errorText { try paraphraseMining(equal, topK: 0) } == "topK is 0; expected a positive number")
        let broken = try SparseMatrix(Matrix(rows: [[0, 1], [0, .infinity]]))
        for function in SimilarityFunction.allCases {
            #expect(
                errorText { try paraphraseMining(broken, scoreFunction: function) }
                    == "row 1 of the corpus has inf in column 1; expected finite numbers")
        }
        struct Stop: Error {}
        let rows = try Self.matrix(), sum = Mutex(0.0)
        _ = try paraphraseMining(
            rows, maxPairs: 10, topK: 3, scoreFunction: .cosine, threads: nil,
            onProgress: { share in sum.withLock { $0 += share } })
        #expect(abs(sum.withLock { $0 } - 1) < 1e-9)
        #expect(throws: Stop.self) {
            try paraphraseMining(
                rows, maxPairs: 10, topK: 3, scoreFunction: .cosine, threads: nil, onProgress: { _ in throw Stop() })
        }
    }

    @Test("Some rows of a matrix are a matrix")
    func rows() throws {
        let rows = try Self.matrix(30)
        let some = rows[rows: 7..<19]
        #expect(some.rows == 12 && (0..<12).allSatisfy { some[$0] == rows[$0 + 7] })
        #expect(rows[rows: 30..<30].rows == 0 && rows[rows: 0..<30] == rows)
    }
}
