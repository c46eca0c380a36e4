// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import SentenceFiles

/// Finds the folder of a model that a user names by path or by name.
package enum ModelLocation {
    /// The folder of a model.
    ///
    /// In this order: an existing folder is the answer (a `~` at the beginning stands for the home folder); an
    /// existing file, and a path that leads nowhere, are errors; anything else is a name, which gets its prefix.
    /// A model that is whole in the cache is taken from there without asking the Hub; see ``download`` for that.
    /// Any other is downloaded. Where the Hub cannot be asked, one that lacks something is an error, and one that may
    /// be whole is used, with a warning.
    ///
    /// - Parameters:
    ///   - nameOrPath: a folder, or the name of a model on the Hub.
    ///   - prefix: what to put before a name without "/", such as `"sentence-transformers/"`; empty for nothing.
    ///   - request: revision, token and the like; means nothing for a folder.
    ///   - cacheDirectory: the cache to look in; that of the environment if `nil` (see ``HubCache``).
    ///   - environment: the variables of the process.
    ///   - wait: what waits between two tries; tests have no time for it.
    /// - Returns: a folder that exists; one from the cache lacks nothing that is known to be needed.
    /// - Throws: ``HubError``.
    package static func resolve(
        _ nameOrPath: String, prefix: String, request: ModelRequest = ModelRequest(), cacheDirectory: URL? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        wait: (@Sendable (Duration) throws -> Void)? = nil
    ) throws -> URL {
        guard !nameOrPath.isEmpty, !nameOrPath.contains("\0") else {
            throw HubError(.invalidName, "the model name is empty or holds a NUL character")
        }
        let path = nameOrPath.expandingHome(environment)
        var isFolder = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder else {
                throw HubError(.notAFolder, "\(nameOrPath) is a file; expected the folder of a model or its name")
            }
            return URL(filePath: path, directoryHint: .isDirectory)
        }
        if looksLikePath(nameOrPath) {
            throw HubError(.noSuchFolder, "no such folder: \(nameOrPath)")
        }

        let name = try RepositoryName(nameOrPath, prefix: prefix)
        let cache = cacheDirectory.map(HubCache.init(root:)) ?? HubCache(environment: environment)
        let cached: URL
        do { cached = try cache.find(name, revision: request.revision) } catch {
            guard error.code != .invalidName else { throw error }
            return try download(
                name, request, cache, environment, wait, instead: error,
                remark: "there is no folder \"\(nameOrPath)\", and it cannot be downloaded")
        }
        switch cache.check(cached, of: name, needsWeights: request.needsWeights) {
        case .whole: return cached
        case .lacks(let part):
            return try download(
                name, request, cache, environment, wait,
                instead: HubCache.incomplete(name, cached, lacks: part), remark: "and the rest cannot be downloaded")
        case .unknown(let what):
            do {
                return try fetch(name, request, cache, environment, wait, tries: 2)
            } catch let error as HubError {
                // The Hub may have said what else there is, and not have given it.
                if case .lacks = cache.check(cached, of: name, needsWeights: request.needsWeights) { throw error }
                Warnings.add(
                    "it is not known \(what): \(name) is in the cache as another tool left it (\(cached.path)), and the Hub "
                        + "cannot be asked: \(error); what is there is used")
                return cached
            }
        }
    }

    /// Downloads; where the Hub cannot be asked, that is why what the cache lacks stays an error.
    private static func download(
        _ name: RepositoryName, _ request: ModelRequest, _ cache: HubCache, _ environment: [String: String],
        _ wait: (@Sendable (Duration) throws -> Void)?, instead cacheError: HubError, remark: String
    ) throws -> URL {
        do {
            return try download(name, request: request, cache: cache, environment: environment, wait: wait)
        } catch let error as HubError where [.unreachable, .untrusted, .unavailable, .offline].contains(error.code) {
            throw HubError(cacheError.code, "\(cacheError.message), \(remark): \(error.message)")
        }
    }

    /// Brings a model into the cache, or what has changed of it since.
    ///
    /// - Returns: the folder of the snapshot.
    /// - Throws: ``HubError``, or what `request` throws to cancel.
    package static func download(
        _ name: RepositoryName, request: ModelRequest, cache: HubCache, environment: [String: String],
        wait: (@Sendable (Duration) throws -> Void)? = nil
    ) throws -> URL {
        try fetch(name, request, cache, environment, wait, tries: nil)
    }

    /// Downloads; `tries` is how often a request is sent where there is something to fall back on.
    private static func fetch(
        _ name: RepositoryName, _ request: ModelRequest, _ cache: HubCache, _ environment: [String: String],
        _ wait: (@Sendable (Duration) throws -> Void)?, tries: Int?
    ) throws -> URL {
        let revision = request.revision ?? "main"
        guard revision.isRelativePath else {
            throw HubError(.invalidName, "the revision \"\(revision.prefix(120))\" is not a branch, tag or commit")
        }
        let settings = HubSettings(environment: environment)
        guard !request.localFilesOnly else { throw HubError(.offline, "only local files may be used") }
        guard !settings.isOffline else { throw HubError(.offline, "HF_HUB_OFFLINE keeps it off the network") }
        #if Hub
            var client = try HubClient(settings, request, wait: wait)
            if let tries { client.tries = tries }
            return try ModelDownload(
                name: name, revision: revision, cache: cache, client: client, progress: request.progress
            ).run()
        #else
            throw HubError(
                .offline,
                "this program was built without the trait Hub, which downloads; put the model into the cache "
                    + "with another tool")
        #endif
    }

    private static func looksLikePath(_ text: String) -> Bool {
        [".", "/", "~"].contains(text.first) || text.count { $0 == "/" } > 1
    }
}
