// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import SentenceFiles
import Synchronization

/// Runs blocking calls, each on a thread of its own, up to a limit that the whole process shares.
///
/// Dispatch adds no threads while it considers its existing ones busy, so long calls would hold up short ones. Here
/// each call has a thread, on which it waits for its turn to compute (``SentenceTensors``), so all calls make progress.
final class BlockingThreads: Sendable {
    static let shared = BlockingThreads(limit: 64)

    private struct State {
        var running = 0
        /// Calls that have no thread yet, oldest first.
        var waiting: [@Sendable () -> Void] = []
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    /// Runs `body` on a thread of its own as soon as the limit allows one.
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
            // The system cannot create a thread; Dispatch may have an idle one.
            DispatchQueue.global().async { [self] in work(body) }
        }
    }

    /// The body of a thread: runs its first call, then waiting ones until there are none.
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
