// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif
import SentenceFiles

/// Finds the folder of a model that is given by path or by name.
package enum ModelLocation {
    /// The folder of a model.
    ///
    /// Tried in this order: an existing folder is returned (a leading `~` stands for the home folder); an existing
    /// file, or a path that does not exist, is an error; anything else is a name, which gets its prefix. A model that
    /// is complete in the cache is used without asking the Hub; see ``download`` for that. Any other is downloaded. If
    /// the Hub cannot be asked, a model known to be incomplete is an error, and one that may be complete is used with a
    /// warning.
    ///
    /// - Parameters:
    ///   - nameOrPath: a folder, or the name of a model on the Hub.
    ///   - prefix: what to put before a name without "/", such as `"sentence-transformers/"`; empty for nothing.
    ///   - request: revision, token and the like; ignored for a folder.
    ///   - cacheDirectory: the cache to search; that of the environment if `nil` (see ``HubCache``).
    ///   - environment: the environment variables.
    ///   - wait: called to wait between two attempts, so that tests need not wait.
    /// - Returns: an existing folder; if it is in the cache, nothing known to be needed is missing.
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
                // The Hub may have listed further files and then not delivered them.
                if case .lacks = cache.check(cached, of: name, needsWeights: request.needsWeights) { throw error }
                Warnings.add(
                    "it is not known \(what): \(name) is in the cache as another tool left it (\(cached.path)), and the Hub "
                        + "cannot be asked: \(error); what is there is used")
                return cached
            }
        }
    }

    /// Downloads; if the Hub cannot be asked, throws the error about the cache, with that as the reason.
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

    /// Downloads a model into the cache, or updates it.
    ///
    /// - Returns: the folder of the snapshot.
    /// - Throws: ``HubError``, or what the request's `checkCancellation` throws.
    package static func download(
        _ name: RepositoryName, request: ModelRequest, cache: HubCache, environment: [String: String],
        wait: (@Sendable (Duration) throws -> Void)? = nil
    ) throws -> URL {
        try fetch(name, request, cache, environment, wait, tries: nil)
    }

    /// Downloads; `tries` limits the attempts if there is something to fall back on.
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
