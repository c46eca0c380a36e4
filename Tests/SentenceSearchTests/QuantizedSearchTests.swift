// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("Quantized search")
struct QuantizedSearchTests {
    /// Scores of 20 dimensions, of up to 20 in size, against the reference's sums in another order.
    private static let tolerance: Float = 1e-5

    private let fixture: SearchFixture
    private let corpus: Matrix, queries: Matrix
    private let ranges: QuantizationRanges

    init() throws {
        fixture = try SearchFixture.load()
        corpus = try Matrix(rows: fixture.corpus)
        queries = try Matrix(rows: fixture.queries)
        ranges = QuantizationRanges(calibrating: corpus)
    }

    private func quantized(_ precision: EmbeddingPrecision) throws -> SearchCorpus {
        try SearchCorpus(quantizeEmbeddings(corpus, precision: precision, ranges: ranges), ranges: ranges)
    }

    private func expect(_ found: [[ScoredIndex]], _ expected: [[[Double]]]) {
        #expect(found.map { $0.map(\.index) } == expected.map { $0.map { Int($0[0]) } })
        for (hit, expected) in zip(found.joined(), expected.joined()) {
            #expect(abs(hit.score - Float(expected[1])) < Self.tolerance, "\(hit) \(expected)")
        }
    }

    @Test("Rescored scores are the reference's", arguments: [EmbeddingPrecision.int8, .uint8, .binary, .ubinary])
    func rescored(precision: EmbeddingPrecision) throws {
        let expected = try #require(fixture.quantized["\(precision.rawValue).rescored"])
        let corpus = try quantized(precision)
        // All rows are candidates.
        expect(try semanticSearch(queries, in: corpus, rescoredBy: [corpus], topK: 9, rescoreMultiplier: 10), expected)
        if precision == .int8 || precision == .uint8 {
            expect(try semanticSearch(queries, in: corpus, topK: 9, scoreFunction: .dot), expected)
        }
    }

    @Test("Distances of bits are the reference's", arguments: [EmbeddingPrecision.binary, .ubinary])
    func bits(precision: EmbeddingPrecision) throws {
        let expected = try #require(fixture.quantized["\(precision.rawValue).plain"])
        let hits = try semanticSearch(queries, in: quantized(precision), topK: 9)
        #expect(hits.map { $0.map { Double(-$0.score) } } == expected.map { $0.map { $0[1] } })
        for hits in hits {
            for (a, b) in zip(hits, hits.dropFirst()) where a.score == b.score { #expect(a.index < b.index) }
        }
    }

    @Test("From bits by bytes to float32: fewer candidates, then the scores of the corpus")
    func cascade() throws {
        let corpus = try SearchSupport.matrix(3000, 64, seed: 1), queries = try SearchSupport.matrix(4, 64, seed: 2)
        let ranges = QuantizationRanges(calibrating: corpus)
        let bits = try SearchCorpus(quantizeEmbeddings(corpus, precision: .ubinary))
        let bytes = try SearchCorpus(quantizeEmbeddings(corpus, precision: .int8, ranges: ranges), ranges: ranges)
        let exact = try semanticSearch(queries, in: corpus, topK: 3000, scoreFunction: .dot)
        for allowed in [nil, RowSet(count: 3000) { $0 % 7 == 3 }] {
            let hits = try semanticSearch(
                queries, in: bits, rescoredBy: [bytes, SearchCorpus(corpus)], topK: 5, rescoreMultiplier: 4,
                allowed: allowed)
            for query in queries.indices {
                let candidates = try semanticSearch(
                    queries[rows: query..<query + 1], in: bits, topK: 80, allowed: allowed)[0]
                let second = try semanticSearch(
                    queries[rows: query..<query + 1], in: bytes, topK: 20, scoreFunction: .dot,
                    allowed: RowSet(candidates.map(\.index), count: 3000))[0]
                let kept = Set(second.map(\.index))
                #expect(hits[query] == Array(exact[query].filter { kept.contains($0.index) }.prefix(5)))
            }
        }
    }

    @Test("Codes without ranges are numbers")
    func codes() throws {
        let codes = try QuantizedEmbeddings([1, 0xFE, 0x80, 3], precision: .int8, rows: 2, columns: 2)
        let query = try Matrix(rows: [[1, 10]])
        let signed = try semanticSearch(query, in: SearchCorpus(codes), scoreFunction: .dot)[0]
        #expect(signed == [.init(index: 0, score: -19), .init(index: 1, score: -98)])
        let bytes = try QuantizedEmbeddings([1, 0xFE, 0x80, 3], precision: .uint8, rows: 2, columns: 2)
        let unsigned = try semanticSearch(query, in: SearchCorpus(bytes), scoreFunction: .dot)[0]
        #expect(unsigned == [.init(index: 0, score: 2541), .init(index: 1, score: 158)])
    }

    @Test("Every storage is searched as the numbers that it stands for", arguments: SimilarityFunction.allCases)
    func storages(function: SimilarityFunction) throws {
        let halves: [UInt16] = [0x3C00, 0xC000, 0x0000, 0x3800, 0x7BFF, 0x0001]  // 1, -2, 0, 0.5, 65504, 2^-24
        let numbers: [Float] = [1, -2, 0, 0.5, 65504, 0x1p-24]
        let query = try Matrix(rows: [[0.5, 2], [-1, -1]])
        let expected = try semanticSearch(query, in: Matrix(numbers, rows: 3, columns: 2), scoreFunction: function)
        let found = try semanticSearch(
            query, in: SearchCorpus(float16: halves, rows: 3, columns: 2), scoreFunction: function)
        #expect(found == expected)
    }

    @Test("A corpus of bytes gives the same list for any number of threads and any allowed rows", arguments: [1, 3])
    func threads(threads: Int) throws {
        let corpus = try SearchSupport.matrix(2600, 40, seed: 3), queries = try SearchSupport.matrix(5, 40, seed: 4)
        let allowed = RowSet(count: 2600) { $0 % 3 != 1 }
        for precision in EmbeddingPrecision.allCases where precision != .float32 {
            let ranges = QuantizationRanges(calibrating: corpus)
            let quantized = try SearchCorpus(
                quantizeEmbeddings(corpus, precision: precision, ranges: ranges), ranges: ranges)
            let all = try semanticSearch(queries, in: quantized, topK: 2600, threads: 1)
            #expect(try semanticSearch(queries, in: quantized, topK: 2600, threads: threads) == all)
            let some = try semanticSearch(queries, in: quantized, topK: 7, allowed: allowed, threads: threads)
            #expect(some == all.map { Array($0.filter { allowed.contains($0.index) }.prefix(7)) })
        }
    }

    @Test("What does not fit is refused")
    func refused() throws {
        func message(_ body: () throws -> Void) -> String {
            #expect(throws: SearchError.self, performing: body)?.message ?? ""
        }
        let bits = try quantized(.ubinary)
        #expect(
            message { _ = try semanticSearch(Matrix(rows: [[1, 2]]), in: bits) }.hasPrefix("embeddings of 8 and of 24"))
        #expect(
            message { _ = try semanticSearch(queries, in: bits, rescoredBy: [SearchCorpus(queries)]) }
                == "6 rows cannot rescore 70; expected the same rows in another form")
        #expect(
            message { _ = try semanticSearch(queries, in: bits, rescoredBy: []) }
                == "rescoring needs the corpus in another form; expected at least one")
        #expect(
            message { _ = try semanticSearch(queries, in: bits, rescoredBy: [bits], rescoreMultiplier: 0) }
                == "rescoreMultiplier is 0; expected a positive number")
        #expect(
            message {
                _ = try SearchCorpus(
                    quantizeEmbeddings(corpus, precision: .int8),
                    ranges: QuantizationRanges(minimums: [0], maximums: [1]))
            } == "the ranges have 1 dimensions, the embeddings 20")
        #expect(
            message { _ = try SearchCorpus(float16: [1], rows: 1, columns: 2) }
                == "1 numbers do not fill a matrix of 1 rows and 2 columns")
    }
}
