// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTensors
import SentenceTestSupport
import Synchronization
import Testing

@Suite("Community detection")
struct CommunityDetectionTests {
    @Test("Communities are the reference's, whether all pairs are kept or none", arguments: [1, 2, 3])
    func reference(threads: Int) throws {
        let fixture = try MiningFixture.load(), corpus = try SearchCorpus(fixture.matrix)
        for expected in fixture.communities {
            for keptPairs in [0, 200, 1 << 20] {
                let found = try communityDetection(
                    corpus, threshold: expected.threshold, minimumCommunitySize: expected.least, threads: threads,
                    keptPairs: keptPairs, onProgress: nil)
                #expect(found == expected.communities, "\(expected.threshold) \(expected.least) \(keptPairs)")
            }
        }
    }

    /// The definition, of all scores at once.
    private func expected(_ rows: Matrix, _ threshold: Float, _ least: Int) throws -> [[Int]] {
        let unit = normalizeEmbeddings(rows)
        let lists = try semanticSearch(unit, in: unit, topK: rows.rows, scoreFunction: .dot).map {
            $0.filter { $0.score >= threshold }.map(\.index)
        }
        let order = lists.indices.filter { lists[$0].count >= least }
            .sorted { (-lists[$0].count, $0) < (-lists[$1].count, $1) }
        var taken = Set<Int>(), found: [[Int]] = []
        for center in order where !taken.contains(center) {
            let free = lists[center].filter { !taken.contains($0) }
            guard free.count >= least else { continue }
            found.append([center] + free.filter { $0 != center })
            taken.formUnion(found[found.count - 1])
        }
        return found.enumerated().sorted { (-$0.element.count, $0.offset) < (-$1.element.count, $1.offset) }.map(
            \.element)
    }

    @Test("More rows than one scan takes, of few numbers and of enough to be screened", arguments: [24, 48])
    func large(columns: Int) throws {
        let rows = try SearchSupport.grouped(1100, columns, groups: 60, spread: 0.5, seed: 4)
        let expected = try expected(rows, 0.8, 5)
        #expect(expected.count > 30)
        for keptPairs in [1000, 1 << 20] {
            let found = try communityDetection(
                SearchCorpus(rows), threshold: 0.8, minimumCommunitySize: 5, threads: 2, keptPairs: keptPairs,
                onProgress: nil)
            #expect(found == expected)
        }
    }

    @Test("Equal embeddings are one community, in order")
    func equal() throws {
        let rows = try Matrix([Float](repeating: 0.3, count: 4 * 700), rows: 700, columns: 4)
        for keptPairs in [0, 1 << 20] {
            let found = try communityDetection(
                SearchCorpus(rows), threshold: 0.9, minimumCommunitySize: 10, threads: 2, keptPairs: keptPairs,
                onProgress: nil)
            #expect(found == [Array(0..<700)])
        }
    }

    @Test("Zeros are similar to nothing, and few rows are no community")
    func few() throws {
        #expect(try communityDetection(Matrix(rows: [])) == [])
        #expect(try communityDetection(Matrix(rows: [[1, 2]])) == [])
        #expect(try communityDetection(Matrix(rows: [[1, 2]]), minimumCommunitySize: 1) == [[0]])
        let zeros = try Matrix([Float](repeating: 0, count: 60), rows: 30, columns: 2)
        #expect(try communityDetection(zeros, minimumCommunitySize: 1) == [])
        #expect(try communityDetection(zeros, threshold: 0) == [Array(0..<30)])
        #expect(try communityDetection(Matrix([], rows: 30, columns: 0), threshold: 0.1) == [])
    }

    @Test("Wrong arguments are refused")
    func refused() throws {
        let rows = try Matrix(rows: [[1, 2], [3, 4], [.nan, 1]])
        #expect(
            errorText { try communityDetection(rows, minimumCommunitySize: 0) }
                == "minimumCommunitySize is 0; expected a positive number")
        #expect(errorText { try communityDetection(rows, threshold: .nan) } == "threshold is NaN; expected a number")
        #expect(
            errorText { try communityDetection(rows) }
                == "embedding 2 holds NaN or an infinite number, which is similar to nothing")
        #expect(
            errorText { try communityDetection(rows, threads: 0) } == "threads is 0; expected a positive number")
    }

    @Test("Progress adds up to one, and ends the search if it throws", arguments: [1, 2])
    func progress(threads: Int) throws {
        struct Stop: Error {}
        let corpus = try SearchCorpus(SearchSupport.matrix(2000, 8, seed: 6))
        let sum = Mutex(0.0)
        _ = try communityDetection(
            corpus, threshold: 0.9, minimumCommunitySize: 3, threads: threads
        ) { share in sum.withLock { $0 += share } }
        #expect(abs(sum.withLock { $0 } - 1) < 1e-9)
        #expect(throws: Stop.self) {
            _ = try communityDetection(corpus, threshold: 0.9, minimumCommunitySize: 3, threads: threads) { _ in
                throw Stop()
            }
        }
    }
}
