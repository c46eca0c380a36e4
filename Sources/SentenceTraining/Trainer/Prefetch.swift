// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import SentenceFiles
import Synchronization

/// Makes elements ahead of time on a thread of its own, a few at a time, in their order.
///
/// When it is freed, the thread ends.
final class Prefetch<Element: Sendable>: Sendable {
    private final class Shared: Sendable {
        struct State {
            var ready: [Result<Element, any Error>] = []
            var isEnded = false
        }
        let state = Mutex(State())
        let room = DispatchSemaphore(value: 0)
        let filled = DispatchSemaphore(value: 0)
        let isStopped = Atomic(false)

        // A semaphore that began above 0 must not be freed below that.
        init(capacity: Int) { for _ in 0..<capacity { room.signal() } }
    }

    private let shared: Shared

    /// Calls `next` again and again until it returns nil or throws.
    ///
    /// - Throws: `SystemError` if the system cannot provide a thread.
    init(capacity: Int = 2, _ next: @escaping @Sendable () throws -> Element?) throws {
        let shared = Shared(capacity: capacity)
        self.shared = shared
        try DetachedThread.start {
            while true {
                shared.room.wait()
                if shared.isStopped.load(ordering: .acquiring) { return }
                let result = Result { try next() }
                let isLast = shared.state.withLock { state in
                    switch result {
                    case .success(let element?): state.ready.append(.success(element))
                    case .success(nil): state.isEnded = true
                    case .failure(let error):
                        state.ready.append(.failure(error))
                        state.isEnded = true
                    }
                    return state.isEnded
                }
                shared.filled.signal()
                if isLast { return }
            }
        }
    }

    deinit {
        shared.isStopped.store(true, ordering: .releasing)
        shared.room.signal()
    }

    /// The next element; nil after the last.
    ///
    /// - Throws: What making it threw.
    func next() throws -> Element? {
        let isOver = shared.state.withLock { $0.isEnded && $0.ready.isEmpty }
        if isOver { return nil }
        shared.filled.wait()
        let result = shared.state.withLock { $0.ready.isEmpty ? nil : $0.ready.removeFirst() }
        shared.room.signal()
        return try result?.get()
    }
}
