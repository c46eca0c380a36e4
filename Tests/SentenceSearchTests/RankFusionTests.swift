// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceSearch
import SentenceTestSupport
import Testing

@Suite("Fusion of lists")
struct RankFusionTests {
    struct Expected: Decodable {
        struct Case: Decodable {
            let k: Double
            let scores: [[Double]]
        }

        let dense, sparse: [Int]
        let cases: [Case]
    }

    private let dense = RankedList(
        "dense",
        [ScoredIndex(index: 4, score: 0.9), ScoredIndex(index: 2, score: 0.5), ScoredIndex(index: 7, score: 0.1)])
    private let words = RankedList(
        "bm25", [ScoredIndex(index: 2, score: 12), ScoredIndex(index: 9, score: 4)], weight: 0.5)

    @Test("Reciprocal ranks are those of the reference's evaluator")
    func reference() throws {
        let data = try Data(contentsOf: Fixture.url("lexical/fusion.json"))
        let expected = try JSONDecoder().decode(Expected.self, from: data)
        let lists = [("dense", expected.dense), ("sparse", expected.sparse)].map { name, documents in
            RankedList(name, documents.enumerated().map { ScoredIndex(index: $1, score: Float(-$0)) })
        }
        for item in expected.cases {
            let fused = try RankFusion.reciprocalRank(k: item.k)(lists)
            #expect(fused.count == item.scores.count)
            let scores = Dictionary(uniqueKeysWithValues: fused.map { ($0.index, $0.score) })
            for pair in item.scores { #expect(abs((scores[Int(pair[0])] ?? 0) - pair[1]) < 1e-15) }
            for (a, b) in zip(fused, fused.dropFirst()) {
                #expect(a.score > b.score || a.score == b.score && a.index < b.index)
            }
        }
    }

    @Test("Every part of a score is explained, that of a list without the document too")
    func parts() throws {
        let fused = try RankFusion.reciprocalRank()([dense, words])
        #expect(fused.map(\.index) == [2, 4, 7, 9])
        #expect(
            fused[0].parts == [
                FusedPart(name: "dense", rank: 2, score: 0.5, contribution: 1 / 62),
                FusedPart(name: "bm25", rank: 1, score: 12, contribution: 0.5 / 61),
            ])
        #expect(fused[1].parts[1] == FusedPart(name: "bm25", rank: nil, score: nil, contribution: 0))
        #expect(fused.allSatisfy { $0.score == $0.parts.reduce(0) { $0 + $1.contribution } })
        #expect(try RankFusion.reciprocalRank()([dense, words], topK: 2) == Array(fused.prefix(2)))
    }

    @Test(
        "Scores are normalized for each list",
        arguments: [
            (.none, [2: 6.5, 9: 2, 4: 0.9, 7: 0.1]), (.minMax, [4: 1, 2: 1, 7: 0, 9: 0]),
            (.zScore, [4: 1.5.squareRoot() - 0.5, 2: 0.5, 7: -1.5.squareRoot() - 0.5, 9: -1.5.squareRoot() - 0.5]),
        ] as [(RankFusion.ScoreNormalization, [Int: Double])])
    func normalization(normalization: RankFusion.ScoreNormalization, expected: [Int: Double]) throws {
        let fused = try RankFusion.weightedScores(normalization)([dense, words])
        #expect(fused.count == expected.count)
        for hit in fused { #expect(abs(hit.score - (expected[hit.index] ?? .nan)) < 1e-6, "\(hit.index)") }
    }

    @Test("Equal scores, empty lists and no lists")
    func edges() throws {
        let equal = RankedList("equal", [3, 1].map { ScoredIndex(index: $0, score: 5) })
        #expect(try RankFusion.weightedScores()([equal, RankedList("none", [])]).map(\.index) == [1, 3])
        #expect(try RankFusion.weightedScores()([equal]).map(\.score) == [1, 1])
        #expect(try RankFusion.weightedScores(.zScore)([equal]).map(\.score) == [0, 0])
        #expect(try RankFusion.reciprocalRank()([]).isEmpty)
        let other = RankedList("other", [1, 3].map { ScoredIndex(index: $0, score: 5) })
        #expect(try RankFusion.reciprocalRank()([equal, other]).map(\.index) == [1, 3])
    }

    @Test("Lists that cannot be fused are refused")
    func errors() {
        func message(_ fusion: RankFusion, _ list: RankedList, topK: Int? = nil) -> String {
            errorText { try fusion([list], topK: topK) }
        }
        let hit = ScoredIndex(index: 1, score: 1)
        #expect(
            message(.reciprocalRank(), RankedList("a", [hit, hit])) == "list a has document 1 twice; expected each once"
        )
        #expect(
            message(.reciprocalRank(), RankedList("a", [ScoredIndex(index: 1, score: .nan)]))
                == "hit 0 of list a has score nan; expected finite scores")
        #expect(
            message(.weightedScores(), RankedList("a", [], weight: -1)) == "list a has weight -1.0; expected 0 or more")
        #expect(
            message(.reciprocalRank(k: -1), RankedList("a", []))
                == "reciprocal rank fusion with k = -1.0; expected 0 or more")
        #expect(
            message(.reciprocalRank(), RankedList("a", []), topK: 0)
                == "a fusion to the best 0 documents; expected at least 1")
    }
}

@Suite("Maximal marginal relevance")
struct MaximalMarginalRelevanceTests {
    private let candidates: Matrix

    init() throws { candidates = try Matrix(rows: [[1, 0.1], [1, 0.1], [0.6, 0.8], [0, -1]]) }

    @Test("What is similar to something chosen comes later")
    func chosen() throws {
        let found = try maximalMarginalRelevance(query: [1, 0], candidates: candidates, lambda: 0.3, count: 10)
        #expect(found.map(\.index) == [0, 3, 2, 1])
        #expect(found.count == 4)
        let relevant = try maximalMarginalRelevance(query: [1, 0], candidates: candidates, lambda: 1, count: 3)
        #expect(relevant.map(\.index) == [0, 1, 2])
    }

    @Test("Agrees with the definition, computed anew for each choice", arguments: 0..<5 as Range<UInt64>)
    func definition(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let rows = (0..<30).map { _ in (0..<6).map { _ in Float.random(in: -1..<1, using: &random) } }
        let matrix = try Matrix(rows: rows), query = rows[0].map { $0 + 0.3 }
        let lambda = Float(seed) / 4
        let relevance = try SimilarityFunction.dot(query, matrix), pairs = try SimilarityFunction.dot(matrix, matrix)
        var expected: [Int] = []
        while expected.count < 12 {
            let scores = (0..<30).map { row in
                lambda * relevance[row] - (1 - lambda) * (expected.map { pairs[$0, row] }.max() ?? 0)
            }
            expected.append((0..<30).filter { !expected.contains($0) }.max { scores[$0] < scores[$1] }!)
        }
        let found = try maximalMarginalRelevance(
            query: query, candidates: matrix, lambda: lambda, count: 12, similarity: .dot)
        #expect(found[0].score == lambda * relevance[expected[0]])
        // Without any weight for the query all candidates are equal at first, and the first one is taken.
        if lambda > 0 { #expect(found.map(\.index) == expected) } else { #expect(found[0].index == 0) }
    }

    @Test("Arguments out of range are refused")
    func errors() throws {
        #expect(
            errorText { try maximalMarginalRelevance(query: [1, 0], candidates: candidates, lambda: 2, count: 1) }
                == "maximal marginal relevance with lambda 2.0 for 1 rows; expected lambda from 0 through 1 and at least 1 "
                + "row")
        #expect(
            errorText { try maximalMarginalRelevance(query: [.nan, 0], candidates: candidates, count: 1) }
                == "the similarity of the query and candidate 0 is not a number; expected finite embeddings")
        #expect(try maximalMarginalRelevance(query: [1, 0], candidates: Matrix(rows: []), count: 2).isEmpty)
    }
}
