// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import SentenceTransformers
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
}
