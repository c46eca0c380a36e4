// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// The cache folder of the Hub's own tools, shared with the Python libraries.
///
/// Layout: `models--ORGANIZATION--NAME/refs/REVISION` contains the id of a commit, and
/// `models--ORGANIZATION--NAME/snapshots/COMMIT` the files of that commit.
package struct HubCache: Sendable {
    /// The folder that contains the `models--…` folders.
    package let root: URL

    /// The cache in a folder.
    package init(root: URL) {
        self.root = root
    }

    /// The cache configured by the environment, by the rules of the Python libraries.
    ///
    /// The first of these that is set and not empty is used: `SENTENCE_TRANSFORMERS_HOME`, `HF_HUB_CACHE`,
    /// `HUGGINGFACE_HUB_CACHE`, `HF_HOME` (+ `/hub`), `XDG_CACHE_HOME` (+ `/huggingface/hub`); otherwise
    /// `~/.cache/huggingface/hub`. A leading `~` stands for the home folder.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func folder(_ variable: String) -> URL? {
            guard let path = environment[variable], !path.isEmpty else { return nil }
            return URL(filePath: path.expandingHome(environment), directoryHint: .isDirectory)
        }
        if let root = folder("SENTENCE_TRANSFORMERS_HOME") ?? folder("HF_HUB_CACHE") ?? folder("HUGGINGFACE_HUB_CACHE")
        {
            self.root = root
        } else if let home = folder("HF_HOME") {
            self.root = home.appending(path: "hub", directoryHint: .isDirectory)
        } else {
            let cache =
                folder("XDG_CACHE_HOME")
                ?? URL(filePath: "~/.cache".expandingHome(environment), directoryHint: .isDirectory)
            self.root = cache.appending(path: "huggingface/hub", directoryHint: .isDirectory)
        }
    }

    /// The folder of a model, whether or not it exists.
    package func folder(of name: RepositoryName) -> URL {
        root.appending(path: name.folderName, directoryHint: .isDirectory)
    }

    /// The folder with the files of a model in one revision.
    ///
    /// A revision is a branch, a tag, the full id of a commit, or a reference such as `refs/pr/1`; `main` if `nil`.
    ///
    /// - Throws: ``HubError`` with code `invalidName`, `notCached`, `revisionNotCached` or `incomplete`, the last if
    ///   something that loading needs is known to be missing.
    package func snapshot(of name: RepositoryName, revision: String? = nil) throws(HubError) -> URL {
        let snapshot = try find(name, revision: revision)
        if case .lacks(let part) = check(snapshot, of: name, needsWeights: true) {
            throw Self.incomplete(name, snapshot, lacks: "\(part); download it again where the network may be used")
        }
        return snapshot
    }

    /// The folder of a model in one revision, complete or not.
    func find(_ name: RepositoryName, revision: String?) throws(HubError) -> URL {
        let folder = folder(of: name)
        let revision = revision ?? "main"
        guard revision.isRelativePath else {
            throw HubError(.invalidName, "the revision \"\(revision.prefix(120))\" is not a branch, tag or commit")
        }
        guard folder.isExistingFolder else {
            throw HubError(.notCached, "\(name) is not in the cache (looked for \(folder.path))")
        }
        guard let commit = commit(of: revision, in: folder) else {
            throw HubError(
                .revisionNotCached, "the revision \"\(revision)\" of \(name) is not in the cache (\(folder.path))")
        }
        let snapshot = folder.appending(path: "snapshots/\(commit)", directoryHint: .isDirectory)
        let isModel = ["modules.json", "config.json"].contains {
            FileManager.default.fileExists(atPath: snapshot.appending(path: $0).path)
        }
        guard isModel else {
            throw Self.incomplete(name, snapshot, lacks: "both modules.json and config.json")
        }
        return snapshot
    }

    /// Whether a snapshot has everything that loading needs.
    func check(_ snapshot: URL, of name: RepositoryName, needsWeights: Bool) -> SnapshotCheck {
        let commit = snapshot.lastPathComponent
        let data = FileManager.default.contents(atPath: listing(of: name, commit).path)
        return SnapshotCheck(
            snapshot, listing: data.flatMap { try? RepositoryListing(parsing: $0, of: name) },
            isAbsent: { file in
                // Where the Python client records files that the Hub does not have.
                let note = folder(of: name).appending(path: ".no_exist/\(commit)/\(file)")
                return FileManager.default.fileExists(atPath: note.path)
            }, needsWeights: needsWeights)
    }

    /// Where the listing of a revision is saved; the Python client ignores it.
    func listing(of name: RepositoryName, _ commit: String) -> URL {
        folder(of: name).appending(path: ".listings/\(commit).json")
    }

    static func incomplete(_ name: RepositoryName, _ snapshot: URL, lacks part: String) -> HubError {
        HubError(.incomplete, "\(name) is incomplete in the cache: \(snapshot.path) lacks \(part)")
    }

    /// The commit that a revision refers to, if the cache knows it.
    private func commit(of revision: String, in folder: URL) -> String? {
        if revision.isCommit { return hasSnapshot(revision, in: folder) ? revision : nil }
        let reference = folder.appending(path: "refs/\(revision)")
        if let content = try? String(contentsOf: reference, encoding: .utf8) {
            let commit = String(content.drop(while: \.isWhitespace).prefix { !$0.isWhitespace })
            return commit.isFileName ? commit : nil
        }
        return revision.isFileName && hasSnapshot(revision, in: folder) ? revision : nil
    }

    private func hasSnapshot(_ commit: String, in folder: URL) -> Bool {
        folder.appending(path: "snapshots/\(commit)").isExistingFolder
    }
}
