// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("k-means")
struct KMeansTests {
    @Test("Groups that lie apart are found", arguments: KMeansMetric.allCases, [nil, 64])
    func groups(metric: KMeansMetric, batchSize: Int?) throws {
        let rows = try SearchSupport.grouped(400, 16, groups: 5, spread: 0.1, seed: 51)
        let clusters = try kMeans(rows, clusters: 5, metric: metric, batchSize: batchSize, seed: 3)
        #expect(clusters.centroids.shape == [5, 16])
        let members = clusters.members.sorted { $0[0] < $1[0] }
        #expect(members == (0..<5).map { group in Array(stride(from: group, to: 400, by: 5)) })
    }

    @Test("The result is a fixed point of Lloyd's rounds", arguments: KMeansMetric.allCases)
    func fixedPoint(metric: KMeansMetric) throws {
        let rows = try SearchSupport.matrix(300, 6, seed: 52)
        let found = try kMeans(rows, clusters: 8, metric: metric, rounds: 200)
        #expect(found.rounds < 200)
        let unit = metric == .cosine ? normalizeEmbeddings(rows) : rows
        let function: SimilarityFunction = metric == .cosine ? .cosine : .euclidean
        let nearest = try semanticSearch(rows, in: found.centroids, topK: 1, scoreFunction: function)
        #expect(nearest.map { $0[0].index } == found.assignments)
        let sum = nearest.reduce(0.0) {
            let score = Double($1[0].score)
            return $0 + (metric == .cosine ? score : score * score)
        }
        #expect(abs(found.objective - sum) < 1e-4 * sum)
        for (cluster, members) in found.members.enumerated() {
            let mean = (0..<6).map { column in
                members.reduce(0) { $0 + unit[$1, column] } / Float(members.count)
            }
            let expected = metric == .cosine ? Array(normalizeEmbeddings(try Matrix(rows: [mean]))[0]) : mean
            for (a, b) in zip(found.centroids[cluster], expected) { #expect(abs(a - b) < 1e-5) }
        }
    }

    @Test("The number of threads changes nothing, the seed does", arguments: KMeansMetric.allCases, [nil, 500])
    func threads(metric: KMeansMetric, batchSize: Int?) throws {
        let rows = try SearchSupport.matrix(5000, 12, seed: 53)
        func run(_ threads: Int, seed: UInt64) throws -> KMeansClusters {
            try kMeans(
                rows, clusters: 20, metric: metric, rounds: 4, batchSize: batchSize, seed: seed, threads: threads)
        }
        let expected = try run(1, seed: 1)
        for threads in [2, 3, 8] {
            let found = try run(threads, seed: 1)
            #expect(found.assignments == expected.assignments)
            #expect(found.centroids.elements == expected.centroids.elements)
            #expect(found.objective == expected.objective)
        }
        #expect(try run(1, seed: 2).assignments != expected.assignments)
    }

    @Test("k-means++ begins in as many groups as there are clusters")
    func seeding() throws {
        let rows = try SearchSupport.grouped(1000, 8, groups: 10, spread: 0.001, seed: 54)
        for seed in UInt64(0)..<5 {
            let found = try kMeans(rows, clusters: 10, metric: .euclidean, rounds: 1, seed: seed)
            #expect(found.members.allSatisfy { $0.count == 100 })
        }
    }

    @Test("As many clusters as rows, equal rows and zeros", arguments: KMeansMetric.allCases)
    func extremes(metric: KMeansMetric) throws {
        let rows = try SearchSupport.matrix(9, 4, seed: 55)
        #expect(Set(try kMeans(rows, clusters: 9, metric: metric).assignments).count == 9)
        let equal = try Matrix([Float](repeating: 0.5, count: 40), rows: 10, columns: 4)
        let one = try kMeans(equal, clusters: 3, metric: metric)
        #expect(Set(one.assignments).count == 1)
        #expect(one.centroids.elements.allSatisfy { $0.isFinite })
        let zeros = try kMeans(
            Matrix([Float](repeating: 0, count: 40), rows: 10, columns: 4), clusters: 2, metric: metric)
        #expect(zeros.assignments == [Int](repeating: 0, count: 10))
        #expect(zeros.centroids.elements.allSatisfy { $0 == 0 })
    }

    @Test("Wrong arguments are refused")
    func refused() throws {
        let rows = try Matrix(rows: [[1, 2], [3, 4]])
        #expect(
            errorText { try kMeans(rows, clusters: 3) }
                == "3 clusters of 2 embeddings; expected at least one and no more than embeddings")
        #expect(
            errorText { try kMeans(Matrix(rows: []), clusters: 1) }
                == "1 clusters of 0 embeddings; expected at least one and no more than embeddings")
        #expect(
            errorText { try kMeans(rows, clusters: 0) }
                == "0 clusters of 2 embeddings; expected at least one and no more than embeddings")
        #expect(errorText { try kMeans(rows, clusters: 1, rounds: 0) } == "rounds is 0; expected a positive number")
        #expect(
            errorText { try kMeans(rows, clusters: 1, batchSize: 0) } == "batchSize is 0; expected a positive number")
        #expect(errorText { try kMeans(rows, clusters: 1, threads: 0) } == "threads is 0; expected a positive number")
        #expect(
            errorText { try kMeans(Matrix(rows: [[1], [.nan]]), clusters: 1) }
                == "embedding 1 holds NaN or an infinite number, which is near nothing")
    }

    @Test("It ends when its caller says so")
    func stopped() throws {
        struct Stop: Error {}
        let rows = try SearchSupport.matrix(100, 4, seed: 56)
        #expect(throws: Stop.self) {
            _ = try kMeans(
                rows, clusters: 3, metric: .cosine, rounds: 5, batchSize: nil, seed: 0, threads: 1
            ) { _ in throw Stop() }
        }
    }
}
