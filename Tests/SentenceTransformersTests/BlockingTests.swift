// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import SentenceTestSupport
import SentenceTransformers
import Synchronization
import Testing

@Suite("Calls that block")
struct BlockingTests {
    @Test("Short calls do not wait for long ones", .timeLimit(.minutes(1)))
    func fairness() async throws {
        let end = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Far more than processors, and none of them ends before all short ones have ended.
            for _ in 0..<20 { group.addTask { try await Blocking.run { end.wait() } } }
            for number in 0..<20 { #expect(try await Blocking.run { number } == number) }
            for _ in 0..<20 { end.signal() }
            try await group.waitForAll()
        }
    }

    @Test("More calls than threads are all answered, and an error reaches its caller", .timeLimit(.minutes(1)))
    func many() async throws {
        struct Failure: Error, Equatable { let number: Int }
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<500 { group.addTask { try await Blocking.run { number } } }
            return try await group.reduce(0, +)
        }
        #expect(sum == 499 * 250)
        await #expect(throws: Failure(number: 3)) { try await Blocking.run { throw Failure(number: 3) } }
    }

    /// What computes long on embeddings.
    enum Work: CaseIterable {
        case search, vectors, paraphrases, sparse, bitext, communities, duplicates, means, agglomeration, density

        func callAsFunction(_ rows: Matrix) throws -> Int {
            switch self {
            case .search: try semanticSearch(rows[rows: ..<9], in: rows, topK: 3).count
            case .vectors: try semanticSearch([rows[rows: ..<2]], in: (0..<1500).map { rows[rows: $0..<$0 + 2] }).count
            case .paraphrases: try paraphraseMining(rows, topK: 3).count
            case .sparse: try paraphraseMining(SparseMatrix(rows), topK: 3).count
            case .bitext: try bitextMining(source: rows[rows: ..<700], target: rows).count
            case .communities: try communityDetection(rows, threshold: 0.5, minimumCommunitySize: 2).count
            case .duplicates: try nearDuplicates(rows, threshold: 0.8).count
            case .means: try kMeans(rows, clusters: 5, rounds: 3).assignments.count
            case .agglomeration: try agglomerativeClustering(rows, into: .count(4)).count
            case .density: try densityClustering(rows).labels.count
            }
        }
    }

    private static func rows() throws -> Matrix {
        var random = SeededGenerator(seed: 3)
        return try Matrix((0..<2000 * 6).map { _ in Float.random(in: -1...1, using: &random) }, rows: 2000, columns: 6)
    }

    @Test("Work off the pool gives the same, and its progress rises to 1", arguments: Work.allCases)
    func progress(work: Work) async throws {
        let rows = try Self.rows(), told = Mutex<[Double]>([])
        let found = try await Blocking.run(onProgress: { share in told.withLock { $0.append(share) } }) {
            try work(rows)
        }
        #expect(try found == work(rows))
        let shares = told.withLock { $0 }
        #expect(shares.last == 1 && shares.count > 1 && shares == shares.sorted(), "\(shares)")
    }

    @Test("Work of a cancelled task ends", arguments: Work.allCases)
    func cancelled(work: Work) async throws {
        let rows = try Self.rows()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await Blocking.run { try work(rows) }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
