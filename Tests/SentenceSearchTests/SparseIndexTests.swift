// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceSearch
import SentenceTestSupport
import Testing

@Suite("Sparse index")
struct SparseIndexTests {
    /// Rows whose columns follow Zipf's law roughly, and whose values are of few kinds, so that there are ties.
    static func matrix(
        rows: Int, columns: Int, active: Int, values: [Float], _ random: inout SeededGenerator
    ) throws -> SparseMatrix {
        try SparseMatrix(
            rows: (0..<rows).map { _ in
                let chosen = Set(
                    (0..<Int.random(in: 0...active, using: &random)).map { _ in
                        let share = Double.random(in: 0..<1, using: &random)
                        return Int(Double(columns) * share * share * share)
                    }
                ).sorted()
                return try SparseVector(
                    dimension: columns, indices: chosen,
                    values: chosen.map { _ in values.randomElement(using: &random)! })
            }, columns: columns)
    }

    /// What a search must find: all dot products, and the best of the allowed ones.
    static func expected(
        _ queries: SparseMatrix, _ corpus: SparseMatrix, _ topK: Int, _ allowed: (Int) -> Bool = { _ in true }
    ) throws -> [[ScoredIndex]] {
        try SimilarityFunction.dot(queries, corpus).map { row in
            let all = row.topK(corpus.rows).filter { allowed($0.index) }
            return Array(all.prefix(topK))
        }
    }

    enum Values: CaseIterable {
        case few, many, negative, tiny, huge, zeros

        func drawn(_ random: inout SeededGenerator) -> [Float] {
            switch self {
            case .few: [0.5, 1, 2]
            case .many: (0..<500).map { _ in Float.random(in: 0.01..<3, using: &random) }
            case .negative: (0..<50).map { _ in Float.random(in: -2..<3, using: &random) }
            case .tiny: [1e-30, .leastNormalMagnitude / 4, .leastNonzeroMagnitude, 1e-22]
            case .huge: [3e38, 1e38, -3e38, 1, 1e-3]
            case .zeros: [0, 0, 1]
            }
        }
    }

    @Test(
        "Results have the bits of all products, for all kinds of values and any number of threads",
        arguments: Values.allCases)
    func bruteForce(values: Values) throws {
        for seed in 0..<6 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let kinds = values.drawn(&random)
            let rows = [1, 40, 700, 8192, 9000, 8193][Int(seed)]
            let corpus = try Self.matrix(rows: rows, columns: 300, active: 24, values: kinds, &random)
            let queries = try Self.matrix(rows: 5, columns: 300, active: 12, values: kinds, &random)
            let index = try SparseIndex(corpus, threads: 2)
            let odd = { (row: Int) in row % 3 == 1 }
            for topK in [1, 10, 300] {
                let all = try Self.expected(queries, corpus, topK)
                for threads in [1, 7] {
                    #expect(try index.search(queries, topK: topK, threads: threads) == all, "\(seed), \(topK)")
                }
                #expect(try index.search(queries[0], topK: topK) == all[0])
                let some = try Self.expected(queries, corpus, topK, odd)
                let allowed = RowSet(count: corpus.rows, where: odd)
                #expect(
                    try index.search(queries, topK: topK, allowed: allowed, threads: 2) == some, "\(seed), \(topK)")
            }
        }
    }

    struct Reference: Decodable {
        struct Vector: Decodable { let indices: [Int], values: [Float] }
        struct Hit: Decodable { let corpus_id: Int, score: Float }

        let columns: Int
        let corpus, queries: [Vector]
        let hits: [[Hit]]

        func matrix(_ vectors: [Vector]) throws -> SparseMatrix {
            try SparseMatrix(
                rows: vectors.map { try SparseVector(dimension: columns, indices: $0.indices, values: $0.values) },
                columns: columns)
        }
    }

    /// The reference adds products in single precision.
    private static let tolerance: Float = 1e-5

    @Test("Results are those of the reference's semantic search")
    func reference() throws {
        let data = try Data(contentsOf: Fixture.url("lexical/sparse.json"))
        let expected = try JSONDecoder().decode(Reference.self, from: data)
        let index = try SparseIndex(expected.matrix(expected.corpus))
        let found = try index.search(expected.matrix(expected.queries), topK: 8)
        #expect(found.count == expected.hits.count)
        for (found, expected) in zip(found, expected.hits) {
            #expect(found.map(\.index) == expected.map(\.corpus_id))
            for (a, b) in zip(found, expected) { #expect(abs(a.score - b.score) <= Self.tolerance * b.score) }
        }
    }

    @Test("Columns that almost all rows have are found too, and pruning keeps ties in order")
    func denseColumns() throws {
        let rows = 20_000
        let corpus = try SparseMatrix(
            rows: (0..<rows).map { row in
                try SparseVector(
                    dimension: 50, indices: [0, 1, 2 + row % 48], values: [1, 0.25, row % 1000 == 7 ? 4 : 2])
            }, columns: 50)
        let query = try SparseVector(dimension: 50, indices: [0, 1, 9, 40], values: [0.5, 1, 1, 2])
        let queries = try SparseMatrix(rows: [query], columns: 50)
        let index = try SparseIndex(corpus)
        for topK in [1, 5, 600, 30_000] {
            #expect(try index.search(query, topK: topK) == Self.expected(queries, corpus, topK)[0])
        }
    }

    @Test("Empty corpora, queries and filters give empty lists")
    func empty() throws {
        let none = try SparseMatrix(rows: [], columns: 4)
        let query = try SparseVector(dimension: 4, indices: [1], values: [2])
        let queries = try SparseMatrix(rows: [query], columns: 4)
        #expect(try SparseIndex(none).search(query).isEmpty)
        let index = try SparseIndex(queries)
        #expect(try index.search(none).isEmpty)
        #expect(try index.search(SparseMatrix(rows: [], columns: 0)).isEmpty)
        let nothing = RowSet(count: index.count) { _ in false }
        #expect(try index.search(queries, topK: 3, allowed: nothing, threads: 1) == [[]])
        #expect(try index.search(SparseVector([0, 0, 0, 0])) == [ScoredIndex(index: 0, score: 0)])
        #expect(index.count == 1)
    }

    @Test("What cannot be searched is refused, with what was found")
    func errors() throws {
        let query = try SparseVector(dimension: 3, indices: [1], values: [2])
        let index = try SparseIndex(SparseMatrix(rows: [query, query], columns: 3))
        let bad = try SparseMatrix(rows: [query, SparseVector([0, 0, .nan])], columns: 3)
        #expect(
            errorText { try SparseIndex(bad) } == "row 1 of the corpus has nan in column 2; expected finite numbers")
        #expect(
            errorText { try index.search(SparseVector([.infinity, 0, 0])) }
                == "row 0 of the queries has inf in column 0; expected finite numbers")
        #expect(
            errorText { try index.search(SparseVector([1, 2])) }
                == "queries of 2 columns for an index of 3 columns; both must come from one model")
        #expect(errorText { try index.search(query, topK: 0) } == "a search for the best 0 rows; expected at least 1")
        #expect(
            errorText { try index.search(query, threads: 0) } == "a search on 0 threads; expected at least 1")
        #expect(
            errorText { try SparseIndex(SparseMatrix(rows: [], columns: 1 << 25)) }
                == "a sparse index of 33554432 columns; expected at most 16777216")
    }
}
