// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A long computation as its caller sees it: it can be asked to stop, and tells how far it is.
///
/// What computes reads ``current`` on the thread that calls it, and takes it along to others.
package final class LongCall: Sendable {
    /// The call that runs on the current thread.
    @TaskLocal package static var current = LongCall()

    private let flag = Atomic(false)
    private let inputCount: Int?
    private let onProgress: (@Sendable (Double) -> Void)?
    private let done = Mutex(0.0)

    /// A call that nobody has asked to stop.
    ///
    /// - Parameters:
    ///   - inputCount: How many inputs models compute in it, which then are the measure of progress. If nil, it is one
    ///     search, mining or clustering, whose steps are.
    ///   - onProgress: Called on any thread, by one at a time, with the share of the work that is done, 0 to 1.
    package init(inputCount: Int? = nil, onProgress: (@Sendable (Double) -> Void)? = nil) {
        self.inputCount = inputCount
        self.onProgress = onProgress
    }

    /// Runs `body` as this call.
    package func run<R>(_ body: () throws -> R) rethrows -> R { try Self.$current.withValue(self, operation: body) }

    /// Asks the computation to stop.
    package func cancel() { flag.store(true, ordering: .relaxed) }

    /// - Throws: `CancellationError` if the call was asked to stop or the current task is cancelled.
    package func check() throws {
        if flag.load(ordering: .relaxed) || Task.isCancelled { throw CancellationError() }
    }

    /// Counts inputs that a model has computed.
    package func add(inputs: Int) {
        if let inputCount { add(Double(inputs) / Double(max(1, inputCount))) }
    }

    /// What a search, mining or clustering calls after each step, with its share of all steps.
    ///
    /// - Throws: `CancellationError`, as ``check()``.
    package static var onStep: @Sendable (Double) throws -> Void {
        let call = current
        return { share in
            try call.check()
            if call.inputCount == nil { call.add(share) }
        }
    }

    /// Tells that all is done.
    package func finish() { add(1) }

    private func add(_ share: Double) {
        guard let onProgress, share > 0 else { return }
        done.withLock { done in
            guard done < 1 else { return }
            done = min(1, done + share)
            onProgress(done)
        }
    }
}
