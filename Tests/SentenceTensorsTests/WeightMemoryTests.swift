// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import Synchronization
import Testing

@Suite("Memory of weights")
struct WeightMemoryTests {
    private static let mebibyte = 1 << 20

    @Test("Blocks share regions, and a region is freed with its last block")
    func regions() {
        let memory = WeightMemory()
        let blocks = (0..<20).map { memory.take(byteCount: Self.mebibyte / 2 + $0) }
        let oneRegion = memory.byteCounts.regions
        #expect(oneRegion == 64 * Self.mebibyte)
        let ranges = blocks.map { Int(bitPattern: $0.address)..<Int(bitPattern: $0.address) + $0.byteCount }
        for (first, second) in zip(ranges, ranges.dropFirst()) { #expect(first.upperBound <= second.lowerBound) }
        for (range, block) in zip(ranges, blocks) {
            #expect(range.lowerBound % 64 == 0 && block.byteCount >= Self.mebibyte / 2)
        }
        let large = memory.take(byteCount: 100 * Self.mebibyte)
        #expect(memory.byteCounts.regions == oneRegion + 100 * Self.mebibyte)
        // The open region is still filled.
        let small = memory.take(byteCount: 10)
        #expect(memory.byteCounts.regions == oneRegion + 100 * Self.mebibyte)
        memory.giveBack(large)
        #expect(memory.byteCounts == (regions: oneRegion, free: 0))
        for block in blocks { memory.giveBack(block) }
        #expect(memory.byteCounts.regions == oneRegion)
        memory.giveBack(small)
        #expect(memory.byteCounts == (regions: 0, free: 0))
    }

    @Test("A block that was given back serves the next weights of its size")
    func reuse() {
        let memory = WeightMemory()
        let first = memory.take(byteCount: 5000), second = memory.take(byteCount: 9000)
        memory.giveBack(first)
        #expect(memory.byteCounts.free == 8192)
        let other = memory.take(byteCount: 20_000), again = memory.take(byteCount: 8192)
        #expect(again.address == first.address && other.address != first.address)
        #expect(memory.byteCounts.free == 0)
        for block in [second, other, again] { memory.giveBack(block) }
        #expect(memory.byteCounts.regions == 0)
    }

    @Test("Threads never hold the same block")
    func threads() {
        let memory = WeightMemory()
        let held = Mutex(Set<UnsafeMutableRawPointer>())
        Execution.with(threads: 4) {
            Parallel.forEach(400) { index in
                let block = memory.take(byteCount: (index % 7 + 1) * 100_000)
                #expect(held.withLock { $0.insert(block.address).inserted })
                block.address.storeBytes(of: index, as: Int.self)
                _ = held.withLock { $0.remove(block.address) }
                memory.giveBack(block)
            }
        }
        #expect(memory.byteCounts == (regions: 0, free: 0))
    }
}
