// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A flag that tells a computation on another thread to stop.
package final class Cancellation: Sendable {
    /// The flag of the work that runs on the current thread.
    @TaskLocal package static var current = Cancellation()

    private let flag = Atomic(false)

    /// A flag that is not set.
    package init() {}

    /// Asks the computation to stop.
    package func cancel() { flag.store(true, ordering: .relaxed) }

    /// - Throws: `CancellationError` if this flag is set or the current task is cancelled.
    package func check() throws {
        if flag.load(ordering: .relaxed) || Task.isCancelled { throw CancellationError() }
    }
}

/// Runs blocking work away from the threads of Swift's cooperative pool.
package enum Blocking {
    /// - Parameter body: The work; it should regularly check ``Cancellation/current``, which is set when the task is
    ///   cancelled.
    /// - Returns: What the work returns.
    /// - Throws: What the work throws.
    package static func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                BlockingThreads.shared.run {
                    continuation.resume(
                        with: Result { try Cancellation.$current.withValue(cancellation, operation: body) })
                }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }
}
