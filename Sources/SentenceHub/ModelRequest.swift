// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How far a download is.
public struct DownloadProgress: Sendable, Hashable {
    /// The name of the model on the Hub.
    public let model: String
    /// Bytes that are there, those of an earlier try included.
    public let completedBytes: Int
    /// Bytes of all files that were missing when the download began.
    public let totalBytes: Int
}

/// What to do about a model that is named and not given as a folder.
package struct ModelRequest: Sendable {
    /// A branch, tag, commit, or pull request such as `refs/pr/1`; `main` if `nil`.
    package var revision: String?
    /// Whether only the cache may be used.
    package var localFilesOnly: Bool
    /// Who asks the Hub; the token of the environment if `nil`.
    package var token: String?
    /// Called now and then during a download, from any thread.
    package var progress: (@Sendable (DownloadProgress) -> Void)?
    /// Whether weights are wanted; without them, what is there of a model may do, such as its tokenizer.
    package var needsWeights = true
    /// Told in one line what is waited for, while it is; from any thread.
    package var warning: (@Sendable (String) -> Void)?
    /// Called often; what it throws ends the download.
    package var checkCancellation: @Sendable () throws -> Void = {}

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
