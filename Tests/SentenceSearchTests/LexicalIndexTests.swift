// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceSearch
import SentenceTestSupport
import Testing

@Suite("Lexical search")
struct LexicalIndexTests {
    struct Expected: Decodable {
        struct Case: Decodable, Sendable {
            let method: BM25.Variant
            let k1, b, delta: Double
            let scores: [[Float]]
        }

        let documents, queries: [String]
        let cases: [Case]
    }

    /// bm25s adds weights in single precision.
    private static let tolerance: Float = 1e-5

    @Test("Scores are those of bm25s in all variants")
    func scores() throws {
        let data = try Data(contentsOf: Fixture.url("lexical/bm25.json"))
        let expected = try JSONDecoder().decode(Expected.self, from: data)
        #expect(expected.cases.count == 20)
        for item in expected.cases {
            let scoring = try BM25(item.method, k1: item.k1, b: item.b, delta: item.delta)
            let index = try LexicalIndex(expected.documents, scoring: scoring)
            let found = try index.search(expected.queries, topK: expected.documents.count)
            for (hits, scores) in zip(found, item.scores) {
                // Robertson's formula gives nothing for words that most texts have.
                #expect(hits.count > 1 || item.method == .robertson)
                for hit in hits {
                    #expect(abs(hit.score - scores[hit.index]) <= Self.tolerance * max(1, scores[hit.index]))
                }
                let missing = Set(scores.indices).subtracting(hits.map(\.index))
                // What a text without the query's words scores.
                let least = scores.min() ?? 0
                for index in missing { #expect(scores[index] <= least + Self.tolerance, "\(item.method)") }
                for (a, b) in zip(hits, hits.dropFirst()) {
                    #expect(a.score > b.score || a.score == b.score && a.index < b.index)
                }
            }
        }
    }

    @Test("Texts are found by their words, whichever way they are written")
    func search() throws {
        let texts = ["A cat sat on the mat.", "Dogs chase cats.", "東京都の天気", "Le café est fermé", "", "The cat's cat"]
        let index = try LexicalIndex(texts)
        #expect(index.count == 6)
        #expect(index.wordCount == 19)
        #expect(try index.search("CAT").map(\.index) == [5, 0])
        #expect(try index.search("京都").map(\.index) == [2])
        #expect(try index.search("cafe\u{301}").map(\.index) == [3])
        #expect(try index.search("unknown").isEmpty)
        #expect(try index.search("").isEmpty)
        #expect(try index.search("the cat", topK: 1).count == 1)
        #expect(try index.search(["cat", "dogs"]).map { $0.map(\.index) } == [[5, 0], [1]])
        let allowed = RowSet(count: index.count) { $0 < 5 }
        #expect(
            try index.search(["cat"], topK: 3, allowed: allowed, threads: 1).map { $0.map(\.index) } == [[0]])
        let repeated = try index.search("mat mat")[0].score, once = try index.search("mat")[0].score
        #expect(repeated == 2 * once)
    }

    @Test("Many texts give the same index on any number of threads")
    func threads() throws {
        let texts = (0..<20_000).map { "number \($0 % 977) of \($0 % 13) \($0)" }
        let one = try LexicalIndex(texts, threads: 1), many = try LexicalIndex(texts, threads: 5)
        let queries = ["number 7 of 3", "19999", "of 12 976"]
        let found = try one.search(queries, threads: 1)
        #expect(try many.search(queries, threads: 3) == found)
        #expect(found[1].map(\.index) == [19_999])
        #expect(found[0][0].index == 7 || found[0][0].score > found[0][9].score)
    }

    @Test("Corpora without words find nothing, and numbers out of range are refused")
    func errors() throws {
        for texts in [[], [""], ["!", "?"]] {
            for variant in BM25.Variant.allCases {
                let index = try LexicalIndex(texts, scoring: BM25(variant, b: 1))
                #expect(try index.search("a word").isEmpty)
            }
        }
        let index = try LexicalIndex(["a"])
        #expect(errorText { try index.search("a", topK: 0) } == "a search for the best 0 rows; expected at least 1")
        #expect(errorText { try LexicalIndex([], threads: 0) } == "a search on 0 threads; expected at least 1")
        #expect(
            errorText { try BM25(b: 1.5) }
                == "BM25 with k1 = 1.5, b = 1.5, delta = 0.5; expected k1 and delta of 0 or more, and b from 0 through 1"
        )
        #expect(errorText { try BM25(k1: .nan) }.hasPrefix("BM25 with k1 = nan"))
        let counts = try SparseMatrix(rows: [SparseVector([1, -1])], columns: 2)
        #expect(
            errorText { try BM25.standard.weights(counts) }
                == "the number of times that a document has a word is above 0; found others")
    }
}

@Suite("Labels of clusters")
struct ClusterLabelsTests {
    private let texts = ["red apple apple", "green apple pear", "fast car", "red car engine", "unused words"]

    @Test("Words that one cluster has often and others rarely come first")
    func labels() throws {
        let labels = try ClusterLabels(texts: texts, clusters: [[0, 1], [2, 3], []], count: 2)
        // Eleven words in three clusters; "apple" three times, all in the first.
        let mean = 11.0 / 3
        #expect(labels.words.map { $0.map(\.text) } == [["apple", "green"], ["car", "fast"], []])
        #expect(abs(labels.words[0][0].score - 3 * log(1 + mean / 3)) < 1e-12)
        #expect(abs(labels.words[1][1].score - log(1 + mean)) < 1e-12)
        let stopped = try ClusterLabels(
            texts: texts, clusters: [[0, 1]], count: 1, splitter: WordSplitter(stopWords: ["apple"]))
        #expect(stopped.words[0].map(\.text) == ["red"])
    }

    @Test("Arguments out of range are refused")
    func errors() {
        #expect(
            errorText { try ClusterLabels(texts: texts, clusters: [[0], [5]]) }
                == "cluster 1 has text 5; there are 5 texts")
        #expect(
            errorText { try ClusterLabels(texts: texts, clusters: [], count: 0) }
                == "labels of 0 words for each cluster; expected at least 1")
    }
}
