// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import SentenceFiles
import Synchronization

/// Threads for calls that block: one for each, up to a number that the whole process shares.
///
/// Dispatch's own threads are few as long as it takes them for busy, so that long calls would keep short ones waiting. Here
/// each call has a thread, on which it waits for its turn to compute (``SentenceTensors``), and all get on evenly.
final class BlockingThreads: Sendable {
    static let shared = BlockingThreads(limit: 64)

    private struct State {
        var running = 0
        /// Calls for which there is no thread yet, the oldest first.
        var waiting: [@Sendable () -> Void] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Runs `body` on a thread that has nothing else to do, as soon as there is one.
    func run(_ body: @escaping @Sendable () -> Void) {
        let hasThread = state.withLock { state in
            guard state.running < limit else {
                state.waiting.append(body)
                return false
            }
            state.running += 1
            return true
        }
        guard hasThread else { return }
        do {
            try DetachedThread.start { [self] in work(body) }
        } catch {
            // The system gives no thread; Dispatch may have one already.
            DispatchQueue.global().async { [self] in work(body) }
        }
    }

    /// The life of a thread.
    private func work(_ first: @Sendable () -> Void) {
        first()
        while let next = next() { next() }
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
            state.running -= 1
            return nil
        }
    }
}
