// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

/// The memory of packed weights, which are read from end to end by every forward pass: of large pages, since a single
/// query otherwise spends a seventh of its time on translating addresses.
///
/// Weights are smaller than such pages, so they stand one after another in regions. A region is freed with its last block;
/// until then a freed block serves the next weights of the same size, which are those of the same layer in training.
package final class WeightMemory: Sendable {
    /// The memory that all models share.
    static let shared = WeightMemory()

    /// A memory without regions.
    package init() {}

    /// Blocks begin at multiples of this, so that they share no cache line and no page of the usual size.
    private static let blockAlignment = 4096
    /// The size of a large page.
    private static let pageSize = 2 << 20
    /// The size of a region, unless one block needs more; what is not written takes no memory.
    private static let regionByteCount = 64 << 20

    /// Some bytes of a region.
    ///
    /// `@unchecked Sendable`: a plain address; whoever holds the block is its only user.
    package struct Block: @unchecked Sendable {
        /// The first byte, aligned to 64 bytes and more.
        package let address: UnsafeMutableRawPointer
        /// The size in bytes.
        package let byteCount: Int
        fileprivate let region: Int
    }

    /// `@unchecked Sendable`: a plain address, which only the owner of the lock uses.
    private struct Region: @unchecked Sendable {
        let address: UnsafeMutableRawPointer
        let byteCount: Int
        /// How many bytes, from the first one on, have been handed out.
        var used = 0
        /// How many blocks are in use.
        var blockCount = 0
    }

    private struct State {
        var regions: [Int: Region] = [:]
        /// Blocks that were given back, by size.
        var free: [Int: [Block]] = [:]
        var nextRegion = 0
        /// The region in which there may be room.
        var open: Int?
    }

    private let state = Mutex(State())

    deinit {
        state.withLock { state in
            for region in state.regions.values { region.address.deallocate() }
        }
    }

    /// A block of at least `byteCount` bytes with undefined content, for whoever gives it back.
    package func take(byteCount: Int) -> Block {
        let size = max(1, (byteCount + Self.blockAlignment - 1) / Self.blockAlignment) * Self.blockAlignment
        return state.withLock { state in
            if let block = state.free[size]?.popLast() {
                state.regions[block.region]?.blockCount += 1
                return block
            }
            if let open = state.open, var region = state.regions[open], region.used + size <= region.byteCount {
                return Self.cut(size, from: &region, open, &state)
            }
            var region = Self.makeRegion(for: size)
            let number = state.nextRegion
            state.nextRegion += 1
            // One that is filled by a single block leaves the other open.
            if size <= Self.regionByteCount / 2 || state.open == nil { state.open = number }
            return Self.cut(size, from: &region, number, &state)
        }
    }

    /// Gives a block back; it must not be used afterwards.
    package func giveBack(_ block: Block) {
        state.withLock { state in
            guard var region = state.regions[block.region] else { return }
            region.blockCount -= 1
            guard region.blockCount == 0 else {
                state.regions[block.region] = region
                state.free[block.byteCount, default: []].append(block)
                return
            }
            for size in state.free.keys { state.free[size]?.removeAll { $0.region == block.region } }
            state.free = state.free.filter { !$0.value.isEmpty }
            state.regions[block.region] = nil
            if state.open == block.region { state.open = nil }
            region.address.deallocate()
        }
    }

    /// The bytes of all regions, and those of blocks that are in no use.
    package var byteCounts: (regions: Int, free: Int) {
        state.withLock { state in
            (
                state.regions.values.reduce(0) { $0 + $1.byteCount },
                state.free.reduce(0) { $0 + $1.key * $1.value.count }
            )
        }
    }

    private static func cut(_ size: Int, from region: inout Region, _ number: Int, _ state: inout State) -> Block {
        let block = Block(address: region.address + region.used, byteCount: size, region: number)
        region.used += size
        region.blockCount += 1
        state.regions[number] = region
        return block
    }

    private static func makeRegion(for size: Int) -> Region {
        let byteCount = (max(size, regionByteCount) + pageSize - 1) / pageSize * pageSize
        let address = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: pageSize)
        #if os(Linux)
            // Only advice: if the system ignores it, nothing changes except time.
            _ = madvise(address, byteCount, MADV_HUGEPAGE)
        #endif
        return Region(address: address, byteCount: byteCount)
    }
}
