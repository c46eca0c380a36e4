// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(Musl)
    import Musl
#elseif canImport(Glibc)
    import Glibc
#endif

/// Keeps freed buffers for the next operation of similar size, so that steady work meets no page faults.
///
/// Sizes are rounded up to an eighth of their power of two, so a new buffer wastes at most an eighth. A kept buffer
/// also serves requests down to half its size: micro-batches of different lengths follow one another without using more
/// memory than the largest.
package final class BufferPool: Sendable {
    /// The pool that all tensors share.
    package static let shared = BufferPool()

    /// A 64-byte aligned allocation of `capacity` bytes.
    ///
    /// `@unchecked Sendable`: a plain address; whoever holds the buffer is its only user.
    package struct Buffer: @unchecked Sendable {
        /// The first byte, aligned to 64 bytes.
        package let address: UnsafeMutableRawPointer

        /// The size in bytes.
        package let capacity: Int
    }

    /// Free buffers by capacity, and their total size in bytes.
    private struct Free {
        var buffers: [Int: [Buffer]] = [:]
        var byteCount = 0
        /// How many want the pool to keep all that is returned.
        var hoarders = 0

        /// The smallest buffer of one of the capacities in the range, both ends included.
        mutating func takeSmallest(from least: Int, upTo most: Int) -> Buffer? {
            var capacity = least
            while capacity <= most {
                if let buffer = buffers[capacity]?.popLast() {
                    byteCount -= capacity
                    return buffer
                }
                capacity = BufferPool.capacity(for: capacity + 1)
            }
            return nil
        }
    }

    private let free = Mutex(Free())
    /// How many bytes the pool keeps at most; a buffer returned beyond that is freed at once.
    private let keptByteCount: Int

    /// A pool that keeps at most `keptByteCount` bytes of free buffers.
    package init(keptByteCount: Int = 256 << 20) {
        self.keptByteCount = keptByteCount
    }

    deinit {
        free.withLock { free in
            for buffer in free.buffers.values.joined() { buffer.address.deallocate() }
        }
    }

    /// The size of the buffer that serves a request: at least 64 bytes, rounded up by at most an eighth.
    static func capacity(for byteCount: Int) -> Int {
        guard byteCount > 512 else { return max(64, (byteCount + 63) & ~63) }
        let step = 1 << (Int.bitWidth - 1 - byteCount.leadingZeroBitCount - 3)
        return (byteCount + step - 1) & ~(step - 1)
    }

    /// A buffer of at least `byteCount` bytes with undefined content.
    package func take(byteCount: Int) -> Buffer {
        let capacity = Self.capacity(for: byteCount)
        let kept = free.withLock { $0.takeSmallest(from: capacity, upTo: 2 * capacity) }
        if let kept { return kept }
        let buffer = Buffer(address: .allocate(byteCount: capacity, alignment: 64), capacity: capacity)
        Self.preferLargePages(buffer)
        return buffer
    }

    /// From how many bytes on a buffer is made of large pages, which are read faster from end to end.
    private static let largePagesFrom = 1 << 26

    /// Asks the system for large pages; a matrix that is read as a whole otherwise spends a third of the time on
    /// translating addresses.
    private static func preferLargePages(_ buffer: Buffer) {
        #if os(Linux)
            guard buffer.capacity >= largePagesFrom else { return }
            let pageSize = sysconf(Int32(_SC_PAGESIZE))
            let start = Int(bitPattern: buffer.address), first = (start + pageSize - 1) / pageSize * pageSize
            // Only advice: if the system ignores it, nothing changes except time.
            _ = madvise(buffer.address + (first - start), buffer.capacity - (first - start), MADV_HUGEPAGE)
        #endif
    }

    /// Calls `body` with `count` bytes of temporary memory.
    package func withBytes(_ count: Int, _ body: (UnsafeMutableRawPointer) -> Void) {
        let buffer = take(byteCount: count)
        body(buffer.address)
        giveBack(buffer)
    }

    /// Returns a buffer to the pool; it must not be used afterwards.
    package func giveBack(_ buffer: Buffer) {
        let kept = free.withLock { free -> Bool in
            guard free.hoarders > 0 || free.byteCount + buffer.capacity <= keptByteCount else { return false }
            free.buffers[buffer.capacity, default: []].append(buffer)
            free.byteCount += buffer.capacity
            return true
        }
        if !kept { buffer.address.deallocate() }
    }

    /// As long as it lives, the pool keeps all that is returned to it.
    ///
    /// A training step takes the same memory as the one before; to give it back to the system in between costs more than
    /// a product.
    package final class Hoard: Sendable {
        private let pool: BufferPool

        /// Begins to keep everything.
        package init(_ pool: BufferPool = .shared) {
            self.pool = pool
            pool.free.withLock { $0.hoarders += 1 }
        }

        deinit { pool.endHoard() }
    }

    /// Frees what is beyond the usual, if nobody else wants to keep it.
    private func endHoard() {
        let freed = free.withLock { free -> [Buffer] in
            free.hoarders -= 1
            var freed: [Buffer] = []
            guard free.hoarders == 0 else { return freed }
            for capacity in free.buffers.keys.sorted(by: >) {
                while free.byteCount > keptByteCount, let buffer = free.buffers[capacity]?.popLast() {
                    free.byteCount -= capacity
                    freed.append(buffer)
                }
            }
            return freed
        }
        for buffer in freed { buffer.address.deallocate() }
    }
}
