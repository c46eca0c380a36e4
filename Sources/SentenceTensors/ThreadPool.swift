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

/// The threads that all callers share, and the turns that limit how many of them compute at once.
///
/// There are as many turns as processors, and each computing thread holds one. A caller that finds none free waits in
/// line; it then computes on its own thread, and between two parts of its work it lets the next caller go first.
/// Threads of the pool help callers that have more parts than threads, as long as nobody waits. So any number of
/// callers progress evenly, and no more threads compute than there are processors.
///
/// A forward pass for a single query consists of a few dozen parallel loops of about fifty microseconds each, which is
/// also what waking a sleeping thread costs. So a thread that has finished looks for more work for a short while before
/// it sleeps. Without work, no thread runs.
///
/// `@unchecked Sendable`: `state` is accessed only with the mutex held, and nothing else changes.
final class ThreadPool: @unchecked Sendable {
    static let shared = ThreadPool(turns: Parallel.availableThreads)

    /// How often a thread looks for work before it sleeps: about 50 microseconds.
    private static let patience = 2000
    /// How often a thread tries to take the mutex before it sleeps: a few microseconds.
    private static let lockPatience = 200

    /// One parallel loop: a closure that several threads may run at once.
    ///
    /// `@unchecked Sendable`: `wanted` and `isClosed` are accessed only with the pool's mutex held.
    private final class Job: @unchecked Sendable {
        /// Does parts of the work; returns whether every part has been started.
        let body: @Sendable () -> Bool
        /// The number of threads inside the closure, not counting the caller; changed with the mutex held.
        let active = Atomic(0)
        /// The number of threads that may still join; a job is listed as long as there are some.
        var wanted: Int
        /// Whether every part of the work has been started.
        var isClosed = false

        init(wanted: Int, _ body: @escaping @Sendable () -> Bool) {
            self.wanted = wanted
            self.body = body
        }
    }

    /// A caller waiting in line.
    private final class Waiter {
        var hasTurn = false
        let turnCame = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

        init() { pthread_cond_init(turnCame, nil) }

        deinit {
            pthread_cond_destroy(turnCame)
            turnCame.deallocate()
        }
    }

    private struct State {
        /// Jobs that threads may join.
        var jobs: [Job] = []
        var threads = 0
        var sleeping = 0
        var freeTurns: Int
        /// Callers waiting in line, first in line first.
        var line: [Waiter] = []
    }

    private let turns: Int
    private var state: State
    /// Counts the offers of work, so that threads can look for work without taking the mutex.
    private let offers = Atomic(0)
    /// The number of callers waiting in line.
    private let waiting = Atomic(0)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let workCame = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let jobEnded = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    // The only pool is the shared one, which is never freed.
    private init(turns: Int) {
        self.turns = turns
        state = State(freeTurns: turns)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(workCame, nil)
        pthread_cond_init(jobEnded, nil)
    }

    // MARK: Turns

    /// Whether a caller is waiting in line, so that threads of the pool should make room.
    var isWaitedFor: Bool { waiting.load(ordering: .relaxed) > 0 }

    /// Runs `body` while the calling thread holds a turn.
    func inTurn<R>(_ body: () throws -> R) rethrows -> R {
        waitForTurn(locked { state in takeTurn(&state) })
        defer { locked { state in giveTurn(&state) } }
        return try body()
    }

    /// Lets the next caller in line go first.
    func yieldTurn() {
        guard isWaitedFor else { return }
        waitForTurn(
            locked { state in
                giveTurn(&state)
                return takeTurn(&state)
            })
    }

    /// Takes a turn, or a place in line if none is free.
    private func takeTurn(_ state: inout State) -> Waiter? {
        if state.freeTurns > 0, state.line.isEmpty {
            state.freeTurns -= 1
            return nil
        }
        let waiter = Waiter()
        state.line.append(waiter)
        waiting.wrappingAdd(1, ordering: .relaxed)
        return waiter
    }

    /// Waits for the turn of a place in line, if there is one.
    ///
    /// Not within `locked`: others change the state meanwhile, and an inout parameter says that nobody does.
    private func waitForTurn(_ waiter: Waiter?) {
        guard let waiter else { return }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !waiter.hasTurn { pthread_cond_wait(waiter.turnCame, mutex) }
    }

    private func giveTurn(_ state: inout State) {
        guard state.line.isEmpty else {
            let next = state.line.removeFirst()
            waiting.wrappingSubtract(1, ordering: .relaxed)
            next.hasTurn = true
            pthread_cond_signal(next.turnCame)
            return
        }
        state.freeTurns += 1
        guard !state.jobs.isEmpty else { return }
        offers.wrappingAdd(1, ordering: .releasing)
        if state.sleeping > 0 { pthread_cond_signal(workCame) }
    }

    // MARK: Jobs

    /// Runs `body` on the calling thread, which holds a turn, and on up to `helpers` others; returns when all are done.
    ///
    /// The closure does parts of some work until none are left; on threads other than the caller's, it also stops when
    /// a caller waits in line. It returns whether every part has been started. Fewer threads may run it than asked for.
    func run(helpers: Int, _ body: @escaping @Sendable () -> Bool, caller: () -> Void) {
        let job = Job(wanted: helpers, body)
        let sleeping = locked { state in
            state.jobs.append(job)
            let wanted = min(state.jobs.reduce(0) { $0 + $1.wanted }, turns - 1)
            while state.threads < wanted, startThread() { state.threads += 1 }
            return state.sleeping
        }
        // Not before the mutex is free: threads that look for work take it at once.
        offers.wrappingAdd(1, ordering: .releasing)
        if sleeping > 0 {
            locked { state in
                for _ in 0..<min(helpers, state.sleeping) { pthread_cond_signal(workCame) }
            }
        }
        caller()
        locked { state in close(job, &state) }
        for _ in 0..<Self.patience where job.active.load(ordering: .acquiring) > 0 { sk_pause() }
        guard job.active.load(ordering: .acquiring) > 0 else { return }
        locked { _ in
            while job.active.load(ordering: .relaxed) > 0 { pthread_cond_wait(jobEnded, mutex) }
        }
    }

    /// The loop that a thread of the pool runs.
    private func work() {
        while true {
            let seen = offers.load(ordering: .acquiring)
            if let job = locked({ state in takeJob(&state) }) {
                let isDone = job.body()
                locked { state in
                    if isDone { close(job, &state) } else { reopen(job, &state) }
                    let left = job.active.wrappingSubtract(1, ordering: .releasing).newValue
                    if left == 0 { pthread_cond_broadcast(jobEnded) }
                    giveTurn(&state)
                }
                continue
            }
            var looks = 0
            while looks < Self.patience, offers.load(ordering: .relaxed) == seen {
                looks += 1
                sk_pause()
            }
            guard looks == Self.patience else { continue }
            // A thread woken too late for one loop is awake for the next, so it looks again.
            locked { state in state.sleeping += 1 }
            sleep(whileOffersAre: seen)
            locked { state in state.sleeping -= 1 }
        }
    }

    /// The listed job with the fewest helpers, and a turn to help it, if there is one that nobody waits for.
    private func takeJob(_ state: inout State) -> Job? {
        guard state.freeTurns > 0, state.line.isEmpty, var place = state.jobs.indices.first else { return nil }
        for other in state.jobs.indices.dropFirst()
        where state.jobs[other].active.load(ordering: .relaxed) < state.jobs[place].active.load(ordering: .relaxed) {
            place = other
        }
        let job = state.jobs[place]
        job.active.wrappingAdd(1, ordering: .relaxed)
        job.wanted -= 1
        if job.wanted == 0 { state.jobs.remove(at: place) }
        state.freeTurns -= 1
        return job
    }

    /// Takes a job off the list for good: every part of it has been started.
    private func close(_ job: Job, _ state: inout State) {
        if job.wanted > 0 { state.jobs.removeAll { $0 === job } }
        job.wanted = 0
        job.isClosed = true
    }

    /// Lists a job again that a thread has left before its end.
    private func reopen(_ job: Job, _ state: inout State) {
        guard !job.isClosed else { return }
        if job.wanted == 0 { state.jobs.append(job) }
        job.wanted += 1
    }

    /// Sleeps until work is offered; not within `locked`, as for `waitForTurn`.
    private func sleep(whileOffersAre seen: Int) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while offers.load(ordering: .relaxed) == seen { pthread_cond_wait(workCame, mutex) }
    }

    /// Runs `body` with the mutex held, which never takes long, so that it pays to wait without sleeping.
    private func locked<R>(_ body: (inout State) -> R) -> R {
        var tries = 0
        while pthread_mutex_trylock(mutex) != 0 {
            guard tries < Self.lockPatience else {
                pthread_mutex_lock(mutex)
                break
            }
            tries += 1
            sk_pause()
        }
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Starts a thread; false if the system cannot provide one.
    private func startThread() -> Bool {
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let status = pthread_create(
            &thread, nil,
            { _ in
                ThreadPool.shared.work()
                return nil
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
