// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("Agglomerative clustering")
struct AgglomerativeClusteringTests {
    @Test("Clusters are scikit-learn's", arguments: [1, 3])
    func reference(threads: Int) throws {
        let fixture = try MiningFixture.load(), rows = try fixture.distinct
        for expected in fixture.agglomerations {
            let cut = expected.count.map(ClusterCut.count) ?? .distance(expected.distance ?? 0)
            let labels = try agglomerativeClustering(
                rows, linkage: expected.linkage,
                scoreFunction: expected.metric, into: cut, threads: threads)
            #expect(labels == expected.labels, "\(expected.linkage) \(expected.metric) \(cut)")
        }
    }

    @Test("Few, equal and zero rows", arguments: Linkage.allCases)
    func few(linkage: Linkage) throws {
        let one = try Matrix(rows: [[1, 2]])
        #expect(try agglomerativeClustering(Matrix(rows: []), linkage: linkage, into: .distance(1)) == [])
        #expect(try agglomerativeClustering(one, linkage: linkage, into: .count(1)) == [0])
        #expect(try agglomerativeClustering(one, linkage: linkage, into: .distance(1)) == [0])
        let rows = try Matrix(rows: [[1, 0], [0, 0], [1, 0], [0, 1], [0, 0], [1, 0]])
        let labels = try agglomerativeClustering(
            rows, linkage: linkage, scoreFunction: .euclidean, into: .distance(0.1))
        #expect(labels == [0, 1, 0, 2, 1, 0])
        #expect(Set(try agglomerativeClustering(rows, linkage: linkage, into: .count(6))).count == 6)
        #expect(Set(try agglomerativeClustering(rows, linkage: linkage, into: .count(1))) == [0])
    }

    @Test("Wrong arguments are refused")
    func refused() throws {
        let rows = try Matrix(rows: [[1, 2], [3, 4]])
        #expect(
            errorText { try agglomerativeClustering(rows, into: .count(3)) }
                == "3 clusters of 2 embeddings; expected at least one and no more than embeddings")
        #expect(
            errorText { try agglomerativeClustering(Matrix(rows: []), into: .count(1)) }
                == "1 clusters of 0 embeddings; expected at least one and no more than embeddings")
        #expect(
            errorText { try agglomerativeClustering(rows, into: .distance(.nan)) }
                == "the distance is NaN; expected a number")
        #expect(
            errorText { try agglomerativeClustering(rows, linkage: .ward, scoreFunction: .cosine, into: .count(1)) }
                == "Ward's linkage is for Euclidean distances; found cosine")
        #expect(
            errorText { try agglomerativeClustering(rows, scoreFunction: .dot, into: .count(1)) }
                == "a dot product is no distance; expected cosine, euclidean or manhattan")
        #expect(
            errorText { try agglomerativeClustering(Matrix(rows: [[1], [.nan]]), into: .count(1)) }
                == "embedding 1 holds NaN or an infinite number, which is near nothing")
        #expect(
            errorText { try agglomerativeClustering(rows, into: .count(1), threads: 0) }
                == "threads is 0; expected a positive number")
        let many = try Matrix([Float](repeating: 1, count: 20_001), rows: 20_001, columns: 1)
        #expect(
            errorText { try agglomerativeClustering(many, into: .count(1)) }
                == "20001 embeddings are too many to keep the distances of all pairs; expected up to 20000, else use "
                + "kMeans or densityClustering")
    }

    @Test("It ends when its caller says so")
    func stopped() throws {
        struct Stop: Error {}
        let rows = try SearchSupport.matrix(30, 4, seed: 61)
        #expect(throws: Stop.self) {
            _ = try agglomerativeClustering(
                rows, linkage: .average, scoreFunction: nil, into: .count(2), threads: 1
            ) { _ in throw Stop() }
        }
    }
}
