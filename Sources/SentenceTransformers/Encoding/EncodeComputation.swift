// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a call is computed; results do not depend on it.
public struct EncodeComputation: Sendable {
    /// The number of tokens that one worker computes at a time, at least 1.
    public var batchTokens: Int
    /// The number of threads, at least 1 and at most the number of processors that the process may use; all of them if
    /// nil.
    public var threads: Int?
    /// Called after every micro-batch, from whichever thread computed it, one call at a time.
    public var progress: (@Sendable (EncodeProgress) -> Void)?

    /// A size at which a worker's activations stay in the caches of the machines on which it was measured.
    public static let defaultBatchTokens = 192

    /// The given settings.
    public init(
        batchTokens: Int = defaultBatchTokens, threads: Int? = nil,
        progress: (@Sendable (EncodeProgress) -> Void)? = nil
    ) {
        self.batchTokens = batchTokens
        self.threads = threads
        self.progress = progress
    }
}

/// The progress of a call.
public struct EncodeProgress: Sendable, Hashable, Codable {
    /// The number of texts that are done.
    public let completed: Int
    /// The number of all texts.
    public let total: Int
}
