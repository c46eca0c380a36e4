// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("Semantic search")
struct SemanticSearchTests {
    /// Scores of 20 dimensions, of up to 10 in size, against the reference's sums in another order.
    private static let tolerance: Float = 5e-6

    @Test("The best are the reference's", arguments: SimilarityFunction.allCases)
    func reference(function: SimilarityFunction) throws {
        let fixture = try SearchFixture.load()
        let expected = try #require(fixture.searches[function.rawValue])
        let hits = try semanticSearch(
            Matrix(rows: fixture.queries), in: Matrix(rows: fixture.corpus), topK: 12, scoreFunction: function)
        #expect(hits.map { $0.map(\.index) } == expected.map { $0.map { Int($0[0]) } })
        for (hits, expected) in zip(hits, expected) {
            for (hit, expected) in zip(hits, expected) {
                #expect(abs(hit.score - Float(expected[1])) < Self.tolerance, "\(hit) \(expected)")
            }
        }
    }

    @Test("Lists have the same bits for any number of threads and queries, on every level", arguments: [1, 2, 3, 7])
    func threads(threads: Int) throws {
        let corpus = try SearchSupport.matrix(5000, 37, seed: 1), queries = try SearchSupport.matrix(9, 37, seed: 2)
        for kernels in KernelSet.available {
            try Execution.with(kernels: kernels) {
                for function in SimilarityFunction.allCases {
                    let expected = try semanticSearch(queries, in: corpus, scoreFunction: function, threads: 1)
                    let found = try semanticSearch(queries, in: corpus, scoreFunction: function, threads: threads)
                    #expect(found == expected)
                    for query in queries.indices {
                        let alone = try semanticSearch(
                            queries[rows: query..<query + 1], in: corpus, scoreFunction: function, threads: threads)
                        #expect(alone == [expected[query]])
                    }
                }
            }
        }
    }

    @Test("What is found is the head of all scores, sorted", arguments: [1, 10, 700, 3000])
    func complete(topK: Int) throws {
        let corpus = try SearchSupport.matrix(2500, 16, seed: 3), queries = try SearchSupport.matrix(3, 16, seed: 4)
        let hits = try semanticSearch(queries, in: corpus, topK: topK, scoreFunction: .dot, threads: 2)
        // One query and one row at a time: no blocks, no bounds.
        for query in queries.indices {
            let scores = try corpus.indices.map { row in
                try semanticSearch(
                    queries[rows: query..<query + 1], in: corpus[rows: row..<row + 1], scoreFunction: .dot)[0][0].score
            }
            #expect(hits[query] == scores.topK(topK))
        }
    }

    @Test("Ties go to the lower index")
    func ties() throws {
        let corpus = try Matrix([Float](repeating: 1, count: 4 * 3000), rows: 3000, columns: 4)
        for threads in [1, 2, 5] {
            let hits = try semanticSearch(Matrix(rows: [[1, 2, 3, 4]]), in: corpus, topK: 5, threads: threads)
            #expect(hits[0].map(\.index) == [0, 1, 2, 3, 4])
        }
    }

    @Test("NaN ranks behind everything, infinite scores do not")
    func notFinite() throws {
        var rows = [[Float]](repeating: [.nan, 0], count: 400)
        rows[100] = [1, 1]
        rows[300] = [-.infinity, 0]
        rows[350] = [.infinity, 0]
        rows[380] = [-2, 0]
        for threads in [1, 3] {
            let hits = try semanticSearch(
                Matrix(rows: [[1, 1]]), in: Matrix(rows: rows), topK: 6, scoreFunction: .dot, threads: threads)
            #expect(hits[0].map(\.index) == [350, 100, 380, 300, 0, 1])
            #expect(hits[0][4].score.isNaN)
        }
    }

    @Test("The cosine with zeros is zero")
    func zeros() throws {
        let hits = try semanticSearch(
            Matrix(rows: [[1, 0], [0, 0]]), in: Matrix(rows: [[-1, 0], [0, 0], [2, 0]]), topK: 3)
        #expect(hits[0] == [.init(index: 2, score: 1), .init(index: 1, score: 0), .init(index: 0, score: -1)])
        #expect(hits[1].map(\.score) == [0, 0, 0])
    }

    @Test("An empty corpus and no queries give empty lists")
    func empty() throws {
        let one = try Matrix(rows: [[1, 2]]), none = try Matrix(rows: [])
        #expect(try semanticSearch(one, in: none) == [[]])
        #expect(try semanticSearch(none, in: one) == [])
        #expect(try semanticSearch(one, in: one, topK: 5).map(\.count) == [1])
    }

    @Test("Wrong arguments are refused")
    func refused() throws {
        let one = try Matrix(rows: [[1, 2]])
        func message(_ body: () throws -> Void) -> String {
            #expect(throws: SearchError.self, performing: body)?.message ?? ""
        }
        #expect(message { _ = try semanticSearch(one, in: one, topK: 0) } == "topK is 0; expected a positive number")
        #expect(
            message { _ = try semanticSearch(one, in: one, threads: 0) } == "threads is 0; expected a positive number")
        #expect(
            message { _ = try semanticSearch(Matrix(rows: [[1, 2], [.nan, 1]]), in: one) }
                == "query 1 holds NaN or an infinite number, which is similar to nothing")
        #expect(
            message { _ = try semanticSearch(Matrix(rows: [[1, 2, 3]]), in: one) }.hasPrefix(
                "embeddings of 3 and of 2 dimensions (shapes [1, 3] and [1, 2]) have no similarity"))
        #expect(
            message { _ = try semanticSearch(one, in: one, allowed: RowSet([0], count: 2)) }
                == "the set of allowed rows is for 2 rows, the corpus has 1")
        #expect(message { _ = try RowSet([3], count: 3) } == "row 3 is not one of 3 rows")
    }

    @Test("A set of allowed rows gives what a search among them alone gives", arguments: [1, 3, 50, 1000])
    func allowed(step: Int) throws {
        let corpus = try SearchSupport.matrix(4100, 24, seed: 5), queries = try SearchSupport.matrix(5, 24, seed: 6)
        let rows = Array(stride(from: step / 2, to: corpus.rows, by: step))
        let set = try RowSet(rows.reversed() + rows, count: corpus.rows)
        #expect(set.count == rows.count)
        #expect(set == RowSet(count: corpus.rows) { $0 % step == step / 2 })
        #expect(set.contains(rows[0]) && !set.contains(-1) && !set.contains(corpus.rows))
        for function in SimilarityFunction.allCases {
            let hits = try semanticSearch(queries, in: corpus, topK: 8, scoreFunction: function, allowed: set)
            let gathered = try Matrix(rows: rows.map { corpus[$0] })
            let expected = try semanticSearch(queries, in: gathered, topK: 8, scoreFunction: function)
            #expect(hits == expected.map { $0.map { ScoredIndex(index: rows[$0.index], score: $0.score) } })
        }
        let none = RowSet(count: corpus.rows) { _ in false }
        #expect(try semanticSearch(queries, in: corpus, allowed: none) == [[], [], [], [], []])
    }

    @Test("Pairs above a score are all there, each once", arguments: [1, 4])
    func pairs(threads: Int) throws {
        let corpus = try SearchSupport.matrix(1300, 12, seed: 8), queries = corpus[rows: ..<200]
        let corpora = SearchCorpus(corpus)
        for later in [false, true] {
            let states = try semanticPairs(
                queries, in: corpora, atLeast: 0.6, onlyLaterRows: later, threads: threads,
                initialState: { [ScoredPair]() }
            ) { $0.append($1) }
            let found = states.joined().map { [$0.query, $0.index] }.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
            let all = try semanticSearch(queries, in: corpus, topK: corpus.rows)
            let expected = all.enumerated().flatMap { query, hits in
                hits.filter { $0.score >= 0.6 && (!later || $0.index > query) }.map { [query, $0.index] }
            }.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
            #expect(found == expected)
            #expect(!found.isEmpty)
        }
    }

    @Test("A search ends when its caller says so")
    func stopped() throws {
        struct Stop: Error {}
        let corpus = try SearchSupport.matrix(3000, 8, seed: 9)
        #expect(throws: Stop.self) {
            _ = try semanticSearch(
                corpus[rows: ..<2], in: SearchCorpus(corpus), topK: 1, scoreFunction: .dot, allowed: nil, threads: 2
            ) { _ in throw Stop() }
        }
    }
}
