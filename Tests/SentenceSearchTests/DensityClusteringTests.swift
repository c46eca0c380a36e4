// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import Synchronization
import Testing

@Suite("Density clustering")
struct DensityClusteringTests {
    /// Probabilities are ratios of distances, which are in float32 here and in float64 there.
    private static let tolerance = 1e-4

    @Test("Clusters are those of scikit-learn's HDBSCAN", arguments: [1, 3])
    func reference(threads: Int) throws {
        let fixture = try MiningFixture.load(), rows = try fixture.distinct
        for expected in fixture.densities {
            let found = try densityClustering(
                rows, minimumClusterSize: expected.size, minimumSamples: expected.samples,
                scoreFunction: expected.metric, selection: expected.leaf ? .leaf : .excessOfMass,
                allowsSingleCluster: expected.single, threads: threads)
            #expect(
                found.labels == expected.labels,
                "\(expected.size) \(expected.samples ?? 0) \(expected.metric) \(expected.leaf)")
            for (a, b) in zip(found.probabilities, expected.probabilities) {
                #expect(abs(a - b) < Self.tolerance, "\(expected.size) \(expected.metric)")
            }
        }
    }

    @Test("Groups that lie apart are found, and what lies between them is noise")
    func groups() throws {
        let groups = try SearchSupport.grouped(200, 6, groups: 4, spread: 0.05, seed: 71)
        let rows = try Matrix(rows: groups.map(Array.init) + [[9, 9, 9, 9, 9, 9], [-7, 7, -7, 7, -7, 7]])
        let found = try densityClustering(rows, minimumClusterSize: 20)
        #expect(Set(found.labels[..<200]).count == 4)
        for row in 0..<200 { #expect(found.labels[row] == found.labels[row % 4]) }
        #expect(Array(found.labels[200...]) == [-1, -1])
        #expect(Array(found.probabilities[200...]) == [0, 0])
    }

    @Test("Few, equal and zero rows")
    func few() throws {
        #expect(try densityClustering(Matrix(rows: [])).labels == [])
        #expect(try densityClustering(Matrix(rows: [[1, 2], [1, 2]])).labels == [-1, -1])
        #expect(
            try densityClustering(Matrix(rows: [[1], [2], [3]]), minimumClusterSize: 2, minimumSamples: 4).labels
                == [-1, -1, -1])
        let two = try Matrix(rows: [[Float]](repeating: [1, 0], count: 6) + [[Float]](repeating: [0, 0], count: 6))
        let found = try densityClustering(two, minimumClusterSize: 4)
        #expect(Set(found.labels[..<6]).count == 1 && Set(found.labels[6...]).count == 1)
        #expect(found.labels[0] != found.labels[6])
        #expect(found.probabilities == [Double](repeating: 1, count: 12))
    }

    @Test("Wrong arguments are refused")
    func refused() throws {
        let rows = try Matrix(rows: [[1, 2], [3, 4]])
        #expect(
            errorText { try densityClustering(rows, minimumClusterSize: 1) }
                == "minimumClusterSize is 1; expected at least 2")
        #expect(
            errorText { try densityClustering(rows, minimumSamples: 0) }
                == "minimumSamples is 0; expected a positive number")
        #expect(errorText { try densityClustering(rows, threads: 0) } == "threads is 0; expected a positive number")
        #expect(
            errorText { try densityClustering(rows, scoreFunction: .dot) }
                == "a dot product is no distance; expected cosine, euclidean or manhattan")
        #expect(
            errorText { try densityClustering(Matrix(rows: [[1], [.nan]])) }
                == "embedding 1 holds NaN or an infinite number, which is near nothing")
    }

    @Test("Progress adds up to one, and ends the clustering if it throws")
    func progress() throws {
        struct Stop: Error {}
        let rows = try SearchSupport.matrix(300, 4, seed: 72), sum = Mutex(0.0)
        func run(_ onProgress: @escaping @Sendable (Double) throws -> Void) throws {
            _ = try densityClustering(
                rows, minimumClusterSize: 5, minimumSamples: nil, scoreFunction: .euclidean, allowsSingleCluster: false,
                threads: 2, onProgress: onProgress)
        }
        try run { share in sum.withLock { $0 += share } }
        #expect(abs(sum.withLock { $0 } - 1) < 1e-9)
        #expect(throws: Stop.self) { try run { _ in throw Stop() } }
    }
}
