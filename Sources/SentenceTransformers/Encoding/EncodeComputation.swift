// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a call is computed; no result depends on it.
public struct EncodeComputation: Sendable {
    /// Tokens that one worker computes at a time, at least 1.
    public var batchTokens: Int
    /// Threads to use, at least 1 and never more than the processors that the process may use; all of these if nil.
    public var threads: Int?
    /// Called after every micro-batch, from whichever thread computed it, one call at a time.
    public var progress: (@Sendable (EncodeProgress) -> Void)?

    /// The micro-batch that keeps a worker's activations in the caches of the machines that were measured.
    public static let defaultBatchTokens = 512

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

/// How far an encoding is.
public struct EncodeProgress: Sendable, Hashable, Codable {
    /// Texts that are done.
    public let completed: Int
    /// All texts.
    public let total: Int
}
