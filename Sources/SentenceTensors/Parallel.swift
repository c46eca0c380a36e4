// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Spreads work over threads; the only place that decides how.
///
/// The threads of an ``Execution`` go to the outermost loop that has enough iterations: with many micro-batches each
/// worker computes one on its own; with a single query the loops inside its operations get the threads instead. Workers
/// come from the ``ThreadPool`` that all callers share.
package enum Parallel {
    /// Calls `body` for every index below `count`, on the threads of the current execution.
    ///
    /// Indices are handed out in ascending order, one at a time, so uneven work balances itself.
    package static func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        guard count > 0 else { return }
        var execution = Execution.current
        if execution.hasTurn { return forEach(count, execution, body, between: {}) }
        execution.hasTurn = true
        let pool = ThreadPool.shared
        pool.inTurn {
            Execution.$current.withValue(execution) { forEach(count, execution, body, between: pool.yieldTurn) }
        }
    }

    /// Like the function above, on a thread that has a turn; calls `pause` after each index that this thread ran.
    private static func forEach(
        _ count: Int, _ execution: Execution, _ body: @escaping @Sendable (Int) -> Void, between pause: () -> Void
    ) {
        let workers = min(execution.threads, count)
        guard workers > 1 else {
            for index in 0..<count {
                body(index)
                if index + 1 < count { pause() }
            }
            return
        }
        var inner = execution
        inner.threads = execution.threads / workers
        let loop = Loop(count: count)
        ThreadPool.shared.run(helpers: workers - 1) { [inner] in
            Execution.$current.withValue(inner) {
                while let index = loop.next() {
                    body(index)
                    if ThreadPool.shared.isWaitedFor { break }
                }
                return loop.isDone
            }
        } caller: {
            Execution.$current.withValue(inner) {
                while let index = loop.next() {
                    body(index)
                    pause()
                }
            }
        }
    }

    /// Hands out the indices of a loop.
    private final class Loop: Sendable {
        private let count: Int
        private let taken = Atomic(0)

        init(count: Int) { self.count = count }

        func next() -> Int? {
            let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
            return index < count ? index : nil
        }

        /// Whether all indices have been handed out.
        var isDone: Bool { taken.load(ordering: .relaxed) >= count }
    }

    /// Calls `body` for every index below `count` until one call throws; rethrows the first error.
    package static func forEach(_ count: Int, throwing body: @escaping @Sendable (Int) throws -> Void) throws {
        let failure = Mutex<(any Error)?>(nil)
        forEach(count) { index in
            guard failure.withLock({ $0 == nil }) else { return }
            do { try body(index) } catch { failure.withLock { $0 = $0 ?? error } }
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Divides `count` into contiguous ranges, one for each thread, each of at least `grain` indices.
    package static func forRanges(_ count: Int, grain: Int, _ body: @escaping @Sendable (Range<Int>) -> Void) {
        let parts = max(1, min(Execution.current.threads, count / max(1, grain)))
        forEach(parts) { part in body(count * part / parts..<count * (part + 1) / parts) }
    }

    /// The number of processors that this process may use: its affinity mask, limited by its cgroup's CPU quota.
    package static let availableThreads: Int = {
        let processors = affinityCount ?? ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(processors, cgroupQuota ?? processors))
    }()

    /// The number of processors in the affinity mask, which Linux shows as hexadecimal digits.
    private static var affinityCount: Int? {
        #if os(Linux)
            let prefix = "Cpus_allowed:"
            guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
                let line = status.split(separator: "\n").first(where: { $0.hasPrefix(prefix) })
            else { return nil }
            let count = line.dropFirst(prefix.count).reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
            return count > 0 ? count : nil
        #else
            return nil
        #endif
    }

    /// The CPU quota in whole processors, rounded up; nil if there is none.
    private static var cgroupQuota: Int? {
        #if os(Linux)
            func numbers(_ path: String) -> [Double]? {
                guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
                return text.split(whereSeparator: \.isWhitespace).map { Double($0) ?? -1 }
            }
            let version2 = numbers("/sys/fs/cgroup/cpu.max")
            let version1 =
                (numbers("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") ?? [])
                + (numbers("/sys/fs/cgroup/cpu/cpu.cfs_period_us") ?? [])
            let values = version2 ?? version1
            guard values.count == 2, values[0] > 0, values[1] > 0 else { return nil }
            return max(1, Int((values[0] / values[1]).rounded(.up)))
        #else
            return nil
        #endif
    }
}
