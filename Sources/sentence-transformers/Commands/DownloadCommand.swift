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

/// Downloads a model into the cache and prints its folder.
struct DownloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Download a model, or those of its files that have changed, and print its folder.",
        usage: "sentence-transformers download <name> [<options>]",
        discussion: """
            The cache is that of the Python libraries. Only files that loading needs are downloaded. An interrupted \
            download continues when the command runs again. The token comes from HF_TOKEN or the token file. On Linux, \
            SSL_CERT_FILE or REQUESTS_CA_BUNDLE can name a certificate authority of your own.

            Example:
              sentence-transformers download all-MiniLM-L6-v2
            """)

    @Argument(help: ArgumentHelp("The name of the model on the Hub.", valueName: "name"))
    var name: String

    @OptionGroup
    var hub: HubOptions

    @Flag(help: "Print neither progress nor warnings.")
    var quiet = false

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let name = try RepositoryName(name, prefix: "sentence-transformers/")
        let cache = hub.cacheDirectory.map(HubCache.init(root:)) ?? HubCache(environment: environment)
        let folder = try DownloadProgressBar(isQuiet: quiet).show { progress in
            do {
                return try ModelLocation.download(
                    name, request: hub.request(quiet: quiet, progress: progress), cache: cache, environment: environment
                )
            } catch let error as HubError where error.code == .offline {
                return try cache.snapshot(of: name, revision: hub.revision)
            }
        }
        try OutputTarget.print { $0.append(folder.path + "\n") }
    }
}
