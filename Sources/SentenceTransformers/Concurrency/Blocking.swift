// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// Runs blocking work away from the threads of Swift's cooperative pool.
///
/// Search, mining, clustering and evaluation block the thread that calls them. This makes an asynchronous form of each:
///
/// ```swift
/// let pairs = try await Blocking.run(onProgress: { print("\($0)") }) { try paraphraseMining(embeddings) }
/// ```
public enum Blocking {
    /// Runs work on a thread of its own.
    ///
    /// If the task is cancelled, computations of this package in it stop: models between micro-batches, searches, mining and
    /// clustering between some rows and the next.
    /// - Parameters:
    ///   - onProgress: Called on any thread, by one at a time, with the share that is done, rising to 1. It is that of the
    ///     search, mining or clustering that `body` calls; those of several count together. It must not wait for the work.
    ///   - body: The work.
    /// - Returns: What the work returns.
    /// - Throws: What the work throws; `CancellationError` from computations of a cancelled task.
    public static func run<R: Sendable>(
        onProgress: (@Sendable (Double) -> Void)? = nil, _ body: @escaping @Sendable () throws -> R
    ) async throws -> R {
        try await run(LongCall(onProgress: onProgress), body)
    }

    /// Runs work as a call, on a thread of its own.
    package static func run<R: Sendable>(
        _ call: LongCall, _ body: @escaping @Sendable () throws -> R
    ) async throws -> R {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                BlockingThreads.shared.run {
                    continuation.resume(
                        with: Result {
                            let result = try call.run(body)
                            call.finish()
                            return result
                        })
                }
            }
        } onCancel: {
            call.cancel()
        }
    }
}
