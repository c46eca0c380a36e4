// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The progress of a download.
public struct DownloadProgress: Sendable, Hashable {
    /// The name of the model on the Hub.
    public let model: String
    /// The bytes present, including those from an earlier attempt.
    public let completedBytes: Int
    /// The bytes of all files that were missing when the download began.
    public let totalBytes: Int
}

/// How to obtain a model that is given by name and not as a folder.
package struct ModelRequest: Sendable {
    /// A branch, tag, commit, or pull request such as `refs/pr/1`; `main` if `nil`.
    package var revision: String?
    /// Whether only the cache may be used.
    package var localFilesOnly: Bool
    /// The access token for the Hub; that of the environment if `nil`.
    package var token: String?
    /// Called from time to time during a download, on any thread.
    package var progress: (@Sendable (DownloadProgress) -> Void)?
    /// Whether weights are needed; without them a partial model may suffice, for example for its tokenizer.
    package var needsWeights = true
    /// Receives one-line messages about what is being waited for, on any thread.
    package var warning: (@Sendable (String) -> Void)?
    /// Called often; if it throws, the download ends with that error.
    package var checkCancellation: @Sendable () throws -> Void = {}

    /// A request with the given settings.
    package init(
        revision: String? = nil, localFilesOnly: Bool = false, token: String? = nil,
        progress: (@Sendable (DownloadProgress) -> Void)? = nil
    ) {
        self.revision = revision
        self.localFilesOnly = localFilesOnly
        self.token = token
        self.progress = progress
    }
}
