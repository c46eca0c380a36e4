// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceHub
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Options for where models come from.
struct HubOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The branch, tag, commit, or pull request (refs/pr/1) of the model. (default: main)", valueName: "name"))
    var revision: String?

    @Option(
        help: ArgumentHelp(
            "The cache that models are kept in. (default: that of HF_HUB_CACHE and HF_HOME)", valueName: "folder"))
    var cacheDir: String?

    @Flag(help: "Do not use the network.")
    var offline = false

    var cacheDirectory: URL? { cacheDir.map { URL(filePath: $0, directoryHint: .isDirectory) } }

    func request(quiet: Bool, progress: (@Sendable (DownloadProgress) -> Void)?) -> ModelRequest {
        var request = ModelRequest(revision: revision, localFilesOnly: offline, progress: progress)
        if !quiet { request.warning = Console.warn }
        return request
    }
}
