// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTestSupport
import Testing

@Suite("Search by MaxSim")
struct MultiVectorSearchTests {
    private let queries: [Matrix], documents: [Matrix]

    init() throws {
        queries = try (0..<3).map { try SearchSupport.matrix(4 + $0, 16, seed: UInt64($0)) }
        documents = try (0..<1100).map { try SearchSupport.matrix($0 % 9, 16, seed: UInt64(10 + $0)) }
    }

    @Test("The best are the head of all scores", arguments: MultiVectorSimilarity.allCases)
    func exact(similarity: MultiVectorSimilarity) throws {
        let scores = try similarity(queries, documents)
        for threads in [1, 3] {
            let hits = try semanticSearch(queries, in: documents, topK: 20, similarity: similarity, threads: threads)
            #expect(hits == scores.map { $0.topK(20) })
        }
        #expect(try semanticSearch(queries, in: [], topK: 20) == [[], [], []])
    }

    @Test("With all documents as candidates nothing is missed, with fewer the scores stay")
    func candidates() throws {
        let exact = try semanticSearch(queries, in: documents, topK: 1100)
        #expect(
            try semanticSearch(queries, in: documents, topK: 5, candidates: 1100) == exact.map { Array($0.prefix(5)) })
        let hits = try semanticSearch(queries, in: documents, topK: 5, candidates: 40)
        for (hits, exact) in zip(hits, exact) {
            #expect(hits.count == 5)
            #expect(hits == exact.filter { Set(hits.map(\.index)).contains($0.index) })
        }
    }

    @Test("Wrong arguments are refused")
    func refused() throws {
        func message(_ body: () throws -> Void) -> String {
            #expect(throws: SearchError.self, performing: body)?.message ?? ""
        }
        #expect(
            message { _ = try semanticSearch(queries, in: documents, topK: 5, candidates: 4) }
                == "candidates is 4; expected at least topK, 5")
        #expect(
            message { _ = try semanticSearch(queries, in: documents, topK: 0) }
                == "topK is 0; expected a positive number")
        #expect(
            message { _ = try semanticSearch([Matrix(rows: [[1]])], in: documents) }.hasPrefix(
                "embeddings of 1 and of 16 dimensions have no similarity"))
    }
}
