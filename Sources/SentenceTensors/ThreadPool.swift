// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// The threads that all callers share.
///
/// A forward pass of a single query is a few dozen parallel loops of some fifty microseconds each, which is what
/// waking a sleeping thread costs. So a thread that has finished looks for more work for a short while before it
/// sleeps; without work, none runs.
///
/// `@unchecked Sendable`: `state` is read and written with the mutex held, and nothing else changes.
final class ThreadPool: @unchecked Sendable {
    static let shared = ThreadPool()

    /// More threads than this are never made.
    private static let maximumThreads = 256
    /// How often a thread looks for work before it sleeps: some 50 microseconds.
    private static let patience = 2000

    /// One parallel loop: a closure that any number of threads may run at once.
    private final class Job: Sendable {
        let body: @Sendable () -> Void
        /// Threads inside the closure, the caller's not counted; changed with the mutex held.
        let active = Atomic(0)

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private struct State {
        /// Jobs with the number of threads that they still want.
        var jobs: [(job: Job, wanted: Int)] = []
        var threads = 0
        var sleeping = 0
    }

    private var state = State()
    /// Counts the jobs that were offered, so that threads can look for work without the mutex.
    private let offers = Atomic(0)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let workCame = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let jobEnded = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    // The only pool is the shared one, which is never freed.
    private init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(workCame, nil)
        pthread_cond_init(jobEnded, nil)
    }

    /// Runs `body` on the caller's thread and on up to `helpers` others; returns when all of them have left it.
    ///
    /// The closure shares out some work and returns when there is none left; it may be run by fewer threads.
    func run(helpers: Int, _ body: @escaping @Sendable () -> Void) {
        let job = Job(body)
        locked { state in
            state.jobs.append((job, helpers))
            offers.wrappingAdd(1, ordering: .releasing)
            let wanted = min(state.jobs.reduce(0) { $0 + $1.wanted }, Self.maximumThreads)
            while state.threads < wanted, startThread() { state.threads += 1 }
            for _ in 0..<min(helpers, state.sleeping) { pthread_cond_signal(workCame) }
        }
        body()
        locked { state in state.jobs.removeAll { $0.job === job } }
        for _ in 0..<Self.patience where job.active.load(ordering: .acquiring) > 0 { sk_pause() }
        guard job.active.load(ordering: .acquiring) > 0 else { return }
        locked { _ in
            while job.active.load(ordering: .relaxed) > 0 { pthread_cond_wait(jobEnded, mutex) }
        }
    }

    /// The life of a thread.
    private func work() {
        while true {
            let seen = offers.load(ordering: .acquiring)
            if let job = takeJob() {
                job.body()
                locked { state in
                    // Who leaves the closure found nothing left to do, so nobody else needs to come.
                    state.jobs.removeAll { $0.job === job }
                    let left = job.active.wrappingSubtract(1, ordering: .releasing).newValue
                    if left == 0 { pthread_cond_broadcast(jobEnded) }
                }
                continue
            }
            var looks = 0
            while looks < Self.patience, offers.load(ordering: .relaxed) == seen {
                looks += 1
                sk_pause()
            }
            guard looks == Self.patience else { continue }
            locked { state in
                guard state.jobs.isEmpty else { return }
                // Woken too late for one loop, a thread is awake for the next, which is why it looks again.
                state.sleeping += 1
                pthread_cond_wait(workCame, mutex)
                state.sleeping -= 1
            }
        }
    }

    private func takeJob() -> Job? {
        locked { state in
            guard let job = state.jobs.first?.job else { return nil }
            job.active.wrappingAdd(1, ordering: .relaxed)
            state.jobs[0].wanted -= 1
            if state.jobs[0].wanted == 0 { state.jobs.removeFirst() }
            return job
        }
    }

    private func locked<R>(_ body: (inout State) -> R) -> R {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Starts a thread; false if the system has none to give.
    private func startThread() -> Bool {
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let status = pthread_create(
            &thread, nil,
            { _ in
                ThreadPool.shared.work(); return nil
            }, nil)
        guard status == 0 else { return false }
        #if canImport(Darwin)
            if let thread { pthread_detach(thread) }
        #else
            pthread_detach(thread)
        #endif
        return true
    }
}
