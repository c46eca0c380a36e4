// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Finds the folder of a model that a user names by path or by name.
package enum ModelLocation {
    /// The folder of a model.
    ///
    /// In this order: an existing folder is the answer (a `~` at the beginning stands for the home folder); an
    /// existing file, and a path that leads nowhere, are errors; anything else is a name, which gets its prefix
    /// and is looked up in the cache. Nothing is downloaded.
    ///
    /// - Parameters:
    ///   - nameOrPath: a folder, or the name of a model on the Hub.
    ///   - prefix: what to put before a name without "/", such as `"sentence-transformers/"`; empty for nothing.
    ///   - revision: a branch, tag or commit; `main` if `nil`. Means nothing for a folder.
    ///   - cacheDirectory: the cache to look in; that of the environment if `nil` (see ``HubCache``).
    ///   - environment: the variables of the process.
    /// - Returns: a folder that exists; one from the cache has a `modules.json` or a `config.json`.
    /// - Throws: ``HubError``.
    package static func resolve(
        _ nameOrPath: String, prefix: String, revision: String? = nil, cacheDirectory: URL? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
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
        do {
            return try cache.snapshot(of: name, revision: revision)
        } catch let error as HubError where error.code != .invalidName {
            let hint = name.description == "sentence-transformers/all-MiniLM-L6-v2" ? ", which \"make model\" does" : ""
            throw HubError(
                error.code,
                "\(error.message), and there is no folder \"\(nameOrPath)\"; this version does not download: "
                    + "pass the folder of a model, or put the model into the cache\(hint)")
        }
    }

    private static func looksLikePath(_ text: String) -> Bool {
        [".", "/", "~"].contains(text.first) || text.count { $0 == "/" } > 1
    }
}
