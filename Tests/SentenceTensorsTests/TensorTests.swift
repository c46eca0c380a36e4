// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTensors
import SentenceTestSupport
import Synchronization
import Testing

@Suite("Tensors and how they run")
struct TensorTests {
    @Test("Every element type converts to float32", arguments: ElementType.allCases)
    func conversion(type: ElementType) {
        let expected: [Float] = type == .bool ? [1, 0, 1] : type.isFloatingPoint ? [1.5, -0, 2] : [7, 0, 100]
        func bytes<T: BitwiseCopyable>(_ values: [T]) -> [UInt8] { values.withUnsafeBytes(Array.init) }
        let encoded =
            switch type {
            case .float64: bytes(expected.map(Double.init))
            case .float32: bytes(expected)
            case .float16: bytes([0x3E00, 0x8000, 0x4000] as [UInt16])
            case .bfloat16: bytes([0x3FC0, 0x8000, 0x4000] as [UInt16])
            case .int64: bytes(expected.map { Int64($0) })
            case .int32: bytes(expected.map { Int32($0) })
            case .int16: bytes(expected.map { Int16($0) })
            case .int8: bytes(expected.map { Int8($0) })
            case .uint64: bytes(expected.map { UInt64($0) })
            case .uint32: bytes(expected.map { UInt32($0) })
            case .uint16: bytes(expected.map { UInt16($0) })
            case .uint8, .bool: bytes(expected.map { UInt8($0) })
            }
        #expect(encoded.count == 3 * type.byteCount)
        // Also from an odd address, as a file may have it.
        for shift in [0, 1] {
            let storage = Storage(uninitializedByteCount: encoded.count + shift)
            storage.mutableBytes.copyBytes(from: [UInt8](repeating: 0, count: shift) + encoded)
            let tensor = Tensor(storage: storage, byteOffset: shift, shape: [3], elementType: type)
            #expect(tensor.float32().floats == expected)
        }
    }

    @Test("Products divide over threads without a change of bits", arguments: [1, 2, 3, 7])
    func threads(count: Int) {
        var random = SeededGenerator(seed: 3)
        func matrix(_ rows: Int, _ columns: Int) -> Tensor {
            Tensor((0..<rows * columns).map { _ in Float.random(in: -1...1, using: &random) }, shape: [rows, columns])
        }
        let layer = LinearLayer(
            weights: [Parameter(matrix(300, 200))], biases: [Parameter(matrix(1, 300).reshaped([300]))])
        let x = matrix(90, 200)
        let alone = layer(x, activation: .gelu)
        let divided = Execution.with(threads: count) { layer(x, activation: .gelu) }
        #expect(divided.floats == alone.floats)
    }

    @Test("The outer loop gets the threads, the inner ones what is left")
    func nesting() {
        let inner = Mutex<[Int]>([])
        Execution.with(threads: 4) {
            Parallel.forEach(2) { _ in inner.withLock { $0.append(Execution.current.threads) } }
            Parallel.forEach(1) { _ in inner.withLock { $0.append(Execution.current.threads) } }
            Parallel.forEach(9) { _ in inner.withLock { $0.append(Execution.current.threads) } }
        }
        #expect(inner.withLock(\.self) == [2, 2, 4] + [Int](repeating: 1, count: 9))
    }

    @Test("Many callers share the pool, loops inside loops included")
    func sharedPool() async {
        let sums = await withTaskGroup(of: Int.self) { group in
            for caller in 0..<8 {
                group.addTask {
                    let sum = Mutex(0)
                    Execution.with(threads: 3) {
                        for _ in 0..<50 {
                            Parallel.forEach(2) { outer in
                                Execution.with(threads: 2) {
                                    Parallel.forEach(5) { inner in sum.withLock { $0 += caller + 10 * outer + inner } }
                                }
                            }
                        }
                    }
                    return sum.withLock(\.self)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sums.sorted() == (0..<8).map { 50 * (10 * $0 + 50 + 20) })
    }

    /// What callers on several threads have done.
    private final class Tally: Sendable {
        let running = Atomic(0), done = Atomic(0), most = Mutex(0)

        func count() {
            let now = running.wrappingAdd(1, ordering: .relaxed).newValue
            most.withLock { $0 = max($0, now) }
            for _ in 0..<1000 { _ = running.load(ordering: .relaxed) }
            running.wrappingSubtract(1, ordering: .relaxed)
            done.wrappingAdd(1, ordering: .relaxed)
        }
    }

    @Test("However many callers there are, no more compute at once than there are processors")
    func turns() async {
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            Execution.with(threads: 4) { Parallel.forEach(10) { _ in tally.count() } }
                            continuation.resume()
                        }
                    }
                }
            }
        }
        #expect(tally.done.load(ordering: .relaxed) == 200)
        #expect(1...Parallel.availableThreads ~= tally.most.withLock(\.self))
    }

    @Test("Ranges cover every index once", arguments: [0, 1, 5, 64, 1000], [1, 10, 100])
    func ranges(count: Int, grain: Int) {
        let seen = Mutex([Int](repeating: 0, count: count))
        Execution.with(threads: 3) {
            Parallel.forRanges(count, grain: grain) { range in seen.withLock { for index in range { $0[index] += 1 } } }
        }
        #expect(seen.withLock { $0.allSatisfy { $0 == 1 } })
    }

    @Test("An error in one worker reaches the caller")
    func errors() {
        struct Failure: Error {}
        #expect(throws: Failure.self) {
            try Execution.with(threads: 2) { try Parallel.forEach(50, throwing: { if $0 == 7 { throw Failure() } }) }
        }
    }

    @Test("The pool hands a buffer out again, and never to two")
    func pool() {
        let pool = BufferPool(keptByteCount: 1 << 20)
        let first = pool.take(byteCount: 1000), second = pool.take(byteCount: 1000)
        #expect(first.address != second.address)
        pool.giveBack(first)
        let third = pool.take(byteCount: 1001)
        #expect(third.address == first.address)
        pool.giveBack(second)
        pool.giveBack(third)
    }

    @Test("A kept buffer serves down to half of its size, the smallest that is large enough first")
    func poolSizes() {
        let pool = BufferPool(keptByteCount: 1 << 20)
        let large = pool.take(byteCount: 4096), middle = pool.take(byteCount: 3000)
        pool.giveBack(large)
        pool.giveBack(middle)
        let small = pool.take(byteCount: 2000)
        #expect(small.address == middle.address && small.capacity == middle.capacity)
        let tiny = pool.take(byteCount: 1000)
        #expect(tiny.capacity < 2000)
        let again = pool.take(byteCount: 3000)
        #expect(again.address == large.address)
        for buffer in [small, tiny, again] { pool.giveBack(buffer) }
    }

    @Test("The process may use at least one thread")
    func availableThreads() { #expect(Parallel.availableThreads >= 1) }
}
