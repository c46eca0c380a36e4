// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import Synchronization

/// Divides the rows of a corpus over threads, each of which has memory of its own.
struct RowChunks: Sendable {
    /// The most rows that a thread takes at a time, a multiple of 64.
    static let mostRows = 1024
    /// The number of comparisons of numbers for which another thread pays off.
    private static let threadGrain = 1 << 20

    private let rows: Int
    private let size: Int
    private let threads: Int

    /// - Parameters:
    ///   - rows: The number of rows.
    ///   - work: How many numbers are compared in all.
    ///   - threads: The most threads to use.
    init(rows: Int, work: Double, threads: Int) {
        self.rows = rows
        self.threads = max(1, min(threads, Int(min(work / Double(Self.threadGrain), 1e6))))
        let share = (rows / (8 * self.threads) + 63) / 64 * 64
        size = min(Self.mostRows, max(64, share))
    }

    /// Calls `body` with all rows, chunk by chunk.
    ///
    /// - Parameters:
    ///   - makeWorker: Makes the memory of another thread.
    ///   - body: Gets the memory of its thread, whose only user it is, and some rows.
    /// - Returns: What was made, in no particular order.
    /// - Throws: What `body` throws.
    func forEach<Worker: Sendable>(
        _ makeWorker: @escaping @Sendable () -> Worker, body: @escaping @Sendable (Worker, Range<Int>) throws -> Void
    ) throws -> [Worker] {
        let free = Mutex<[Worker]>([])
        let all = Mutex<[Worker]>([])
        try Execution.with(threads: threads) {
            try Parallel.forEach((rows + size - 1) / size) { chunk in
                let worker =
                    free.withLock { $0.popLast() }
                    ?? {
                        let worker = makeWorker()
                        all.withLock { $0.append(worker) }
                        return worker
                    }()
                defer { free.withLock { $0.append(worker) } }
                try body(worker, chunk * size..<min((chunk + 1) * size, rows))
            }
        }
        return all.withLock { $0 }
    }
}
