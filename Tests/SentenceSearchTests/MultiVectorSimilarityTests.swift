// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("MaxSim of many queries and documents")
struct MultiVectorSimilarityTests {
    /// Embeddings of the given numbers of tokens.
    private static func embeddings(_ counts: [Int], dimensions: Int, seed: UInt64) -> [Matrix] {
        var generator = SeededGenerator(seed: seed)
        return counts.map { count in
            let elements = (0..<count * dimensions).map { _ in Float.random(in: -1...1, using: &generator) }
            return Matrix(Tensor(elements, shape: [count, dimensions]))
        }
    }

    private static let queryCounts = [1, 0, 32, 7, 3000, 33, 5], documentCounts = [180, 1, 0, 193, 400, 16, 12, 77]

    /// The sum of the largest products, as the definition says.
    private static func score(_ query: Matrix, _ document: Matrix) -> Double {
        guard document.rows > 0 else { return -1e9 }
        return (0..<query.rows).reduce(0) { sum, i in
            let products = (0..<document.rows).map { j in
                zip(query[i], document[j]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            }
            return sum + (products.max() ?? 0)
        }
    }

    @Test("The definition, on every level", arguments: [1, 10, 128], KernelSet.available.indices)
    func definition(dimensions: Int, level: Int) throws {
        let queries = Self.embeddings([1, 0, 32, 7, 33], dimensions: dimensions, seed: 1)
        let documents = Self.embeddings(Self.documentCounts, dimensions: dimensions, seed: 2)
        try Execution.with(kernels: KernelSet.available[level]) {
            let scores = try MultiVectorSimilarity.maxSim(queries, documents)
            let means = try MultiVectorSimilarity.meanMaxSim(queries, documents)
            try #require(scores.shape == [queries.count, documents.count])
            for (i, query) in queries.enumerated() {
                for (j, document) in documents.enumerated() {
                    let expected = Self.score(query, document)
                    #expect(abs(Double(scores[i, j]) - expected) <= 1e-5 * max(1, abs(expected)), "\(i), \(j)")
                    let mean = expected / Double(max(1, query.rows))
                    #expect(abs(Double(means[i, j]) - mean) <= 1e-5 * max(1, abs(mean)), "\(i), \(j)")
                }
            }
        }
    }

    @Test(
        "A score has the same bits in any company and on any number of threads", arguments: KernelSet.available.indices)
    func invariance(level: Int) throws {
        let queries = Self.embeddings(Self.queryCounts, dimensions: 48, seed: 3)
        let documents = Self.embeddings(Self.documentCounts + Self.documentCounts.reversed(), dimensions: 48, seed: 4)
        try Execution.with(kernels: KernelSet.available[level]) {
            let together = try MultiVectorSimilarity.maxSim(queries, documents, threads: 2)
            #expect(try MultiVectorSimilarity.maxSim(queries, documents, threads: 1) == together)
            #expect(try MultiVectorSimilarity.maxSim(queries.reversed(), documents, threads: 3)[0] == together[6])
            for (i, query) in queries.enumerated() {
                for (j, document) in documents.enumerated() {
                    #expect(try MultiVectorSimilarity.maxSim([query], [document])[0, 0] == together[i, j], "\(i), \(j)")
                }
            }
        }
    }

    @Test("A number that is none reaches the scores that it belongs to")
    func notANumber() throws {
        let query = try Matrix(rows: [[1, 0], [0, 1]])
        let scores = try MultiVectorSimilarity.maxSim([query], [Matrix(rows: [[1, 2], [.nan, 3]]), query])
        #expect(scores[0, 0].isNaN && scores[0, 1] == 2)
    }
}
