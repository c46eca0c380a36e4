// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceHub
import SentenceTestSupport
import Testing

@Suite struct ModelLocationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func resolve(_ name: String, revision: String? = nil, environment: [String: String] = [:]) throws -> URL {
        try ModelLocation.resolve(
            name, prefix: "sentence-transformers/",
            request: ModelRequest(revision: revision, localFilesOnly: true), cacheDirectory: folder.url,
            environment: environment)
    }

    @Test func anExistingFolderWins() throws {
        let model = try folder.makeFolder("any name/my--model")
        #expect(try resolve(model.path).path == model.path)
        #expect(try resolve("~/my--model", environment: ["HOME": folder.url.path + "/any name"]).path == model.path)
    }

    @Test func aFileIsRefused() throws {
        let file = try folder.write("", to: "model.safetensors")
        #expect(
            errorText { try resolve(file.path) }
                == "\(file.path) is a file; expected the folder of a model or its name")
    }

    @Test(arguments: ["./absent", "../absent", "/absent/model", "~/absent", "a/b/c"])
    func aPathThatLeadsNowhereIsNoName(_ path: String) {
        #expect(errorText { try resolve(path, environment: ["HOME": "/absent"]) } == "no such folder: \(path)")
    }

    @Test func aNameIsFoundInTheCacheThatIsGiven() throws {
        try folder.write("abc\n", to: "models--sentence-transformers--tiny/refs/main")
        try folder.write("[]", to: "models--sentence-transformers--tiny/snapshots/abc/modules.json")
        for name in ["tiny", "sentence-transformers/tiny"] {
            #expect(try resolve(name).lastPathComponent == "abc")
        }
    }

    @Test func aNameIsFoundInTheCacheOfTheEnvironment() throws {
        try folder.write("abc", to: "hub/models--gpt2/refs/main")
        try folder.write("{}", to: "hub/models--gpt2/snapshots/abc/config.json")
        try folder.write("", to: "hub/models--gpt2/snapshots/abc/model.safetensors")
        let found = try ModelLocation.resolve(
            "gpt2", prefix: "x/", environment: ["HF_HOME": folder.url.path, "HF_HUB_OFFLINE": "yes"])
        #expect(found.path.contains("/hub/models--gpt2/snapshots/abc"))
    }

    @Test func aNameThatIsNotCachedSaysWhatToDo() {
        #expect(
            errorText { try resolve("tiny") }
                == "sentence-transformers/tiny is not in the cache (looked for "
                + "\(folder.url.path)/models--sentence-transformers--tiny), there is no folder \"tiny\", and it cannot be "
                + "downloaded: only local files may be used")
    }

    @Test func aMessageStaysOnOneLine() {
        #expect(errorText { try resolve("./a\r\nb\u{1B}\u{2028}c") } == "no such folder: ./a  b  c")
    }

    @Test func theMessageIsThatOfFoundationToo() {
        do { _ = try resolve("./absent") } catch { #expect(error.localizedDescription == "no such folder: ./absent") }
    }

    @Test func brokenNamesAreRefused() {
        #expect(errorText { try resolve("") } == "the model name is empty or holds a NUL character")
        #expect(errorText { try resolve("a\u{0}") } == "the model name is empty or holds a NUL character")
        #expect(
            errorText { try resolve("my--model") }
                == "the model name \"sentence-transformers/my--model\" must not hold \"--\" or \"..\"")
    }
}
