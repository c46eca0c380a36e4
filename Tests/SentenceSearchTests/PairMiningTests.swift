// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("Paraphrase mining")
struct ParaphraseMiningTests {
    /// Scores of up to 20 in size against the reference's sums in another order.
    private static let tolerance = 1e-5

    private func check(_ rows: Matrix, _ expected: MiningFixture.Paraphrases, threads: Int) throws {
        let pairs = try paraphraseMining(
            rows, maxPairs: expected.maxPairs, topK: expected.topK,
            scoreFunction: expected.function, threads: threads)
        #expect(pairs.map { [$0.first, $0.second] } == expected.pairs.map { [Int($0[1]), Int($0[2])] })
        for (pair, expected) in zip(pairs, expected.pairs) {
            #expect(abs(Double(pair.score) - expected[0]) < Self.tolerance, "\(pair) \(expected)")
        }
    }

    @Test("Pairs are the reference's", arguments: [1, 2, 5])
    func reference(threads: Int) throws {
        let fixture = try MiningFixture.load()
        for expected in fixture.paraphrases { try check(fixture.distinct, expected, threads: threads) }
        try check(fixture.matrix, fixture.allParaphrases, threads: threads)
    }

    @Test(
        "Pairs of many scans are those of complete lists", arguments: [(3, 200), (3, 100_000), (40, 500), (899, 900)])
    func complete(topK: Int, maxPairs: Int) throws {
        let rows = normalizeEmbeddings(try SearchSupport.grouped(900, 8, groups: 30, spread: 0.6, seed: 11))
        var expected = Set<MinedPair>()
        for (row, hits) in try semanticSearch(rows, in: rows, topK: topK + 1, scoreFunction: .dot).enumerated() {
            for hit in hits.filter({ $0.index != row }).prefix(topK) {
                expected.insert(
                    MinedPair(first: min(row, hit.index), second: max(row, hit.index), score: hit.score))
            }
        }
        let sorted = expected.sorted { (-$0.score, $0.first, $0.second) < (-$1.score, $1.first, $1.second) }
        for threads in [1, 3] {
            let found = try paraphraseMining(
                rows, maxPairs: maxPairs, topK: topK, scoreFunction: .dot, threads: threads)
            #expect(found == Array(sorted.prefix(maxPairs)))
        }
    }

    @Test(
        "Pairs ruled out by bounds are none of the best, also if many score the same",
        arguments: [(3, 200), (40, 500), (999, 200_000)])
    func screened(topK: Int, maxPairs: Int) throws {
        // Signs, of which a group shares most: cosines are multiples of 1/32, exact in every order.
        let numbers = try SearchSupport.grouped(1000, 64, groups: 40, spread: 0.6, seed: 12).tensor.floats
        let rows = try Matrix(numbers.map { $0 < 0 ? -1 : 1 }, rows: 1000, columns: 64)
        let unit = try Matrix(rows.tensor.floats.map { $0 / 8 }, rows: 1000, columns: 64)
        let expected = try paraphraseMining(unit, maxPairs: maxPairs, topK: topK, scoreFunction: .dot, threads: 1)
        for threads in [1, 3] {
            #expect(try paraphraseMining(rows, maxPairs: maxPairs, topK: topK, threads: threads) == expected)
        }
        let groups = try nearDuplicates(unit, threshold: 0.5, grouping: .connected, scoreFunction: .dot)
        #expect(groups.count > 1)
        #expect(try nearDuplicates(rows, threshold: 0.5, grouping: .connected) == groups)
    }

    @Test("Few and equal rows")
    func few() throws {
        #expect(try paraphraseMining(Matrix(rows: [])) == [])
        #expect(try paraphraseMining(Matrix(rows: [[1, 2]])) == [])
        let equal = try Matrix(rows: [[Float]](repeating: [2, 0], count: 3) + [[0, 0]])
        #expect(
            try paraphraseMining(equal, maxPairs: 4)
                == [(0, 1, 1), (0, 2, 1), (1, 2, 1), (0, 3, 0)].map {
                    MinedPair(first: $0.0, second: $0.1, score: $0.2)
                })
    }

    @Test("Wrong arguments are refused")
    func refused() throws {
        let rows = try Matrix(rows: [[1, 2], [.infinity, 4]])
        #expect(errorText { try paraphraseMining(rows, maxPairs: 0) } == "maxPairs is 0; expected a positive number")
        #expect(errorText { try paraphraseMining(rows, topK: -1) } == "topK is -1; expected a positive number")
        #expect(
            errorText { try paraphraseMining(rows) }
                == "embedding 1 holds NaN or an infinite number, which is similar to nothing")
    }
}

@Suite("Bitext mining")
struct BitextMiningTests {
    /// Artetxe and Schwenk's margin of every pair, from all cosines.
    private func scores(_ cosines: Matrix, _ k: Int, _ margin: BitextMargin) -> [[Float]] {
        func mean(_ numbers: [Float]) -> Float {
            let best = numbers.sorted(by: >).prefix(k)
            return best.reduce(0, +) / Float(best.count)
        }
        let columns = (0..<cosines.columns).map { column in cosines.indices.map { cosines[$0, column] } }
        return cosines.map { row in
            row.indices.map { column in
                let b = (mean(Array(row)) + mean(columns[column])) / 2
                return switch margin {
                case .absolute: row[column]
                case .distance: row[column] - b
                case .ratio: row[column] / b
                }
            }
        }
    }

    @Test("Pairs are those of the definition", arguments: BitextMargin.allCases, BitextRetrieval.allCases)
    func definition(margin: BitextMargin, retrieval: BitextRetrieval) throws {
        let rows = try SearchSupport.grouped(130, 40, groups: 50, spread: 0.3, seed: 31)
        let source = rows[rows: ..<70], target = rows[rows: 70...]
        let k = 4, cosines = try SimilarityFunction.cosine(source, target)
        let scores = scores(cosines, k, margin)
        func nearest(_ numbers: [Float]) -> [Int] { numbers.topK(k).map(\.index) }
        let forward = source.indices.map { row in
            (row, nearest(Array(cosines[row])).max { scores[row][$0] < scores[row][$1] }!)
        }
        let backward = target.indices.map { column in
            (
                nearest(source.indices.map { cosines[$0, column] }).max { scores[$0][column] < scores[$1][column] }!,
                column
            )
        }
        var expected: [(Int, Int)]
        switch retrieval {
        case .forward: expected = forward
        case .backward: expected = backward
        case .intersection: expected = forward.filter { pair in backward.contains { $0 == pair } }
        case .max:
            expected = []
            for pair in (forward + backward).sorted(by: { scores[$0.0][$0.1] > scores[$1.0][$1.1] })
            where !expected.contains(where: { $0.0 == pair.0 || $0.1 == pair.1 }) {
                expected.append(pair)
            }
        }
        expected.sort { (-scores[$0.0][$0.1], $0.0, $0.1) < (-scores[$1.0][$1.1], $1.0, $1.1) }
        for threads in [1, 3] {
            let found = try bitextMining(
                source: source, target: target, k: k, margin: margin, retrieval: retrieval, threads: threads)
            #expect(found.map { [$0.first, $0.second] } == expected.map { [$0.0, $0.1] })
            for pair in found { #expect(abs(pair.score - scores[pair.first][pair.second]) < 1e-5) }
            let least = found[found.count / 2].score
            let some = try bitextMining(
                source: source, target: target, k: k, margin: margin, retrieval: retrieval, threshold: least)
            #expect(some == found.filter { $0.score >= least })
        }
    }

    @Test("Few rows and zeros, and wrong arguments")
    func few() throws {
        let none = try Matrix(rows: []), one = try Matrix(rows: [[1, 0]])
        #expect(try bitextMining(source: none, target: one) == [])
        #expect(try bitextMining(source: one, target: none) == [])
        #expect(try bitextMining(source: one, target: one, k: 9) == [MinedPair(first: 0, second: 0, score: 1)])
        let zero = try bitextMining(source: one, target: Matrix(rows: [[0, 0]]))
        #expect(zero.count == 1 && zero[0].score.isNaN)
        #expect(errorText { try bitextMining(source: one, target: one, k: 0) } == "k is 0; expected a positive number")
        #expect(
            errorText { try bitextMining(source: one, target: one, threshold: .nan) }
                == "threshold is NaN; expected a number")
        #expect(
            errorText { try bitextMining(source: one, target: Matrix(rows: [[1, 2, 3]])) }.hasPrefix(
                "embeddings of 2 and of 3 dimensions"))
        #expect(
            errorText { try bitextMining(source: one, target: Matrix(rows: [[.nan, 2]])) }
                == "embedding 0 holds NaN or an infinite number, which is similar to nothing")
    }
}

@Suite("Near duplicates")
struct NearDuplicatesTests {
    private func expected(_ rows: Matrix, _ threshold: Float, _ grouping: DuplicateGrouping) throws -> [[Int]] {
        let scores = try SimilarityFunction.cosine(rows, rows)
        var firsts = Array(0..<rows.rows)
        for row in rows.indices {
            switch grouping {
            case .keepFirst:
                firsts[row] = (0..<row).first { firsts[$0] == $0 && scores[row, $0] >= threshold } ?? row
            case .connected:
                for other in 0..<row where scores[row, other] >= threshold {
                    let (a, b) = (firsts[row], firsts[other])
                    firsts = firsts.map { $0 == max(a, b) ? min(a, b) : $0 }
                }
            }
        }
        let groups = Dictionary(grouping: rows.indices) { firsts[$0] }.values.filter { $0.count > 1 }
        return groups.sorted { (-$0.count, $0[0]) < (-$1.count, $1[0]) }
    }

    @Test("Groups are those of the definition", arguments: DuplicateGrouping.allCases, [0.6, 0.8, 0.97])
    func definition(grouping: DuplicateGrouping, threshold: Float) throws {
        let rows = try SearchSupport.grouped(600, 10, groups: 70, spread: 0.35, seed: 41)
        let expected = try expected(rows, threshold, grouping)
        #expect(!expected.isEmpty)
        for threads in [1, 3] {
            #expect(try nearDuplicates(rows, threshold: threshold, grouping: grouping, threads: threads) == expected)
        }
    }

    @Test("Copies form a group, zeros do not", arguments: DuplicateGrouping.allCases)
    func copies(grouping: DuplicateGrouping) throws {
        let fixture = try MiningFixture.load()
        let groups = try nearDuplicates(fixture.matrix, threshold: 0.9999, grouping: grouping)
        #expect(groups == [[3, 40, 77], [55, 90], [100, 149]])
        #expect(try nearDuplicates(Matrix(rows: []), grouping: grouping) == [])
        #expect(try nearDuplicates(Matrix(rows: [[1, 2]]), grouping: grouping) == [])
    }

    @Test("Texts with the same bytes form a group")
    func texts() {
        #expect(exactDuplicates(["a", "b", "a", "c", "b", "a", "d"]) == [[0, 2, 5], [1, 4]])
        // Canonically equivalent, but of other bytes.
        #expect(exactDuplicates(["\u{E9}", "e\u{301}", ""]) == [])
        #expect(exactDuplicates([String]()) == [])
    }

    @Test("Wrong arguments are refused")
    func refused() throws {
        #expect(
            errorText { try nearDuplicates(Matrix(rows: [[1]]), threshold: .nan) }
                == "threshold is NaN; expected a number")
        #expect(
            errorText { try nearDuplicates(Matrix(rows: [[1], [.nan]])) }
                == "embedding 1 holds NaN or an infinite number, which is similar to nothing")
    }
}
