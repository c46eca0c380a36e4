// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceHub
import SentenceTestSupport
import Testing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

@Suite struct HubCacheTests {
    private static let commit = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
    private let folder: TemporaryFolder
    private let cache: HubCache
    private let name: RepositoryName

    init() throws {
        folder = try TemporaryFolder()
        cache = HubCache(root: folder.url)
        name = try RepositoryName("a/b")
    }

    private func addSnapshot(_ commit: String, references: [String], file: String = "config.json") throws {
        for file in [file, "model.safetensors"] {
            try folder.write("{}", to: "models--a--b/snapshots/\(commit)/\(file)")
        }
        for reference in references { try folder.write(commit, to: "models--a--b/refs/\(reference)") }
    }

    @Test(arguments: [
        (["SENTENCE_TRANSFORMERS_HOME": "/st", "HF_HUB_CACHE": "/hub", "HF_HOME": "/hf"], "/st"),
        (["HF_HUB_CACHE": "/hub", "HUGGINGFACE_HUB_CACHE": "/old", "HF_HOME": "/hf"], "/hub"),
        (["HUGGINGFACE_HUB_CACHE": "/old", "HF_HOME": "/hf"], "/old"),
        (["HF_HOME": "/hf", "XDG_CACHE_HOME": "/xdg"], "/hf/hub"),
        (["HF_HOME": "~/hf", "HOME": "/home/me"], "/home/me/hf/hub"),
        (["HF_HOME": "", "XDG_CACHE_HOME": "/xdg"], "/xdg/huggingface/hub"),
        (["HOME": "/home/me"], "/home/me/.cache/huggingface/hub"),
    ])
    func theEnvironmentNamesTheRoot(_ environment: [String: String], _ root: String) {
        let path = HubCache(environment: environment).root.path
        #expect((path.hasSuffix("/") ? String(path.dropLast()) : path) == root)
    }

    @Test(arguments: [[:], ["HOME": ""]])
    func withoutAHomeInTheEnvironmentThatOfTheUserCounts(_ environment: [String: String]) throws {
        let home = String(cString: try #require(getpwuid(getuid())?.pointee.pw_dir))
        #expect(HubCache(environment: environment).root.path.hasPrefix(home + "/.cache/huggingface/hub"))
    }

    @Test(arguments: [nil, "main", "v1.0", "refs/pr/1", commit])
    func revisionsLeadToTheirSnapshot(_ revision: String?) throws {
        try addSnapshot(Self.commit, references: ["main", "v1.0", "refs/pr/1"])
        let snapshot = try cache.snapshot(of: name, revision: revision)
        #expect(snapshot.lastPathComponent == Self.commit)
        #expect(FileManager.default.fileExists(atPath: snapshot.appending(path: "config.json").path))
    }

    @Test func aReferenceMayEndWithALineBreak() throws {
        try addSnapshot(Self.commit, references: [], file: "modules.json")
        try folder.write(" \(Self.commit)\n", to: "models--a--b/refs/main")
        #expect(try cache.snapshot(of: name).lastPathComponent == Self.commit)
    }

    @Test(arguments: [
        "../main", "/main", "a//b", "", ".", "..", "a/../b", "a\\b", "a\u{0}", "../\u{301}a", "a/\u{301}/../b",
    ])
    func revisionsThatLeadElsewhereAreRefused(_ revision: String) throws {
        try addSnapshot(Self.commit, references: ["main"])
        #expect(
            errorText { try cache.snapshot(of: name, revision: revision) }.hasSuffix("is not a branch, tag or commit"))
    }

    @Test func aReferenceThatLeadsElsewhereIsNotFollowed() throws {
        try folder.write("{}", to: "models--a--b/config.json")
        try folder.write("..", to: "models--a--b/refs/main")
        #expect(errorText { try cache.snapshot(of: name) }.contains("is not in the cache"))
    }

    @Test func aModelThatIsNotCachedIsNamedWithItsFolder() {
        #expect(
            errorText { try cache.snapshot(of: name) }
                == "a/b is not in the cache (looked for \(folder.url.path)/models--a--b)")
    }

    @Test(arguments: ["v2", "0000000000000000000000000000000000000000"])
    func aRevisionThatIsNotCachedIsNamed(_ revision: String) throws {
        try addSnapshot(Self.commit, references: ["main"])
        #expect(
            errorText { try cache.snapshot(of: name, revision: revision) }
                == "the revision \"\(revision)\" of a/b is not in the cache (\(folder.url.path)/models--a--b)")
    }

    @Test func anIncompleteSnapshotIsRefused() throws {
        try addSnapshot(Self.commit, references: ["main"], file: "README.md")
        // What an interrupted download leaves: a link to a file that is not there.
        let snapshot = folder.url.appending(path: "models--a--b/snapshots/\(Self.commit)")
        try FileManager.default.createSymbolicLink(
            atPath: snapshot.appending(path: "config.json").path, withDestinationPath: "../../blobs/absent")
        #expect(
            errorText { try cache.snapshot(of: name) }
                == "a/b is incomplete in the cache: \(snapshot.path) lacks both modules.json and config.json")
    }
}
