// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("Mining in reduced precision")
struct MiningStorageTests {
    /// Enough rows for several scans; the dimensions fill no vector register evenly.
    private static func rows(seed: UInt64) throws -> Matrix {
        try SearchSupport.grouped(700, 40, groups: 40, spread: 0.5, seed: seed)
    }

    /// The rows in a storage, and as the float32 numbers that they then stand for.
    private func stored(
        _ rows: Matrix, _ storage: SearchCorpus.Storage
    ) throws -> (corpus: SearchCorpus, decoded: Matrix) {
        switch storage {
        case .float32: return (SearchCorpus(rows), rows)
        case .float16:
            let halves = rows.elements.map { Float16($0) }
            return (
                try SearchCorpus(float16: halves.map(\.bitPattern), rows: rows.rows, columns: rows.columns),
                try Matrix(halves.map { Float($0) }, rows: rows.rows, columns: rows.columns)
            )
        case .int8, .uint8:
            let ranges = QuantizationRanges(calibrating: rows)
            let codes = try quantizeEmbeddings(
                rows, precision: storage == .int8 ? .int8 : .uint8, ranges: ranges)
            let corpus = try SearchCorpus(codes, ranges: ranges)
            return (corpus, try corpus.matrix())
        case .binary, .ubinary:
            return (
                try SearchCorpus(quantizeEmbeddings(rows, precision: storage == .binary ? .binary : .ubinary)),
                try Matrix(rows.elements.map { $0 > 0 ? 1 : -1 }, rows: rows.rows, columns: rows.columns)
            )
        }
    }

    @Test("Results are those of the decoded numbers", arguments: SearchCorpus.Storage.allCases, [1, 3])
    func decoded(storage: SearchCorpus.Storage, threads: Int) throws {
        let (corpus, decoded) = try stored(Self.rows(seed: 71), storage)
        for function in SimilarityFunction.allCases {
            let pairs = try paraphraseMining(
                corpus, maxPairs: 900, topK: 7, scoreFunction: function, threads: threads)
            #expect(pairs.count == 900)
            #expect(pairs == (try paraphraseMining(decoded, maxPairs: 900, topK: 7, scoreFunction: function)))
        }
        let communities = try communityDetection(
            corpus, threshold: 0.55, minimumCommunitySize: 5, threads: threads)
        #expect(communities.count > 5)
        #expect(communities == (try communityDetection(decoded, threshold: 0.55, minimumCommunitySize: 5)))
        for keptPairs in [0, 100] {
            #expect(
                communities
                    == (try communityDetection(
                        corpus, threshold: 0.55, minimumCommunitySize: 5, threads: threads, keptPairs: keptPairs,
                        onProgress: nil)))
        }
        for grouping in DuplicateGrouping.allCases {
            let groups = try nearDuplicates(corpus, threshold: 0.7, grouping: grouping, threads: threads)
            #expect(groups.count > 5)
            #expect(groups == (try nearDuplicates(decoded, threshold: 0.7, grouping: grouping)))
        }
        let (other, decodedOther) = try stored(Self.rows(seed: 72)[rows: ..<300], storage)
        let translations = try bitextMining(source: corpus, target: other, threads: threads)
        #expect(!translations.isEmpty)
        #expect(translations == (try bitextMining(source: decoded, target: decodedOther)))
    }

    @Test("The cosine of bits is that of their distance", arguments: [EmbeddingPrecision.binary, .ubinary])
    func bits(precision: EmbeddingPrecision) throws {
        let rows = try Self.rows(seed: 73)[rows: ..<60]
        let corpus = try SearchCorpus(quantizeEmbeddings(rows, precision: precision))
        let distances = try semanticSearch(rows, in: corpus, topK: rows.rows)
        let pairs = try paraphraseMining(corpus, topK: rows.rows)
        #expect(pairs.count == 60 * 59 / 2)
        for pair in pairs {
            let hit = try #require(distances[pair.first].first { $0.index == pair.second })
            // Forty products of rounded lengths.
            #expect(abs(pair.score - (1 + 2 * hit.score / 40)) < 1e-6)
        }
    }

    @Test("Codes that stand for no numbers, and sources of other dimensions, are refused")
    func refused() throws {
        let halves = try SearchCorpus(
            float16: [Float16(1), .infinity, 0, .nan].map(\.bitPattern), rows: 2, columns: 2)
        #expect(
            errorText { try paraphraseMining(halves) }
                == "embedding 0 holds NaN or an infinite number, which is similar to nothing")
        let rows = try Self.rows(seed: 74)
        let bits = try SearchCorpus(quantizeEmbeddings(rows, precision: .ubinary))
        #expect(
            errorText {
                try bitextMining(source: bits, target: SearchCorpus(truncateEmbeddings(rows[rows: ..<2], to: 5)))
            }
            .hasPrefix("embeddings of 40 and of 5 dimensions"))
        // Bits and numbers of one model can be mixed.
        #expect(try !bitextMining(source: bits, target: SearchCorpus(rows)).isEmpty)
    }
}
