// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite struct CheckpointTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func writeShard(_ file: String, _ names: [String]) throws {
        let tensors = names.map { ($0, tensor(Array($0.utf8), [$0.utf8.count], .uint8)) }
        try SafetensorsWriter.write(
            Dictionary(uniqueKeysWithValues: tensors), to: folder.url.appending(path: file))
    }

    private func writeIndex(_ map: [String: String]) throws {
        let index: JSONValue = [
            "metadata": [:], "weight_map": .object(JSONObject(exact: map.mapValues(JSONValue.string))),
        ]
        try folder.write(index.serialized(), to: "model.safetensors.index.json")
    }

    @Test func aSingleFileIsOpened() throws {
        try writeShard("model.safetensors", ["b", "a"])
        let checkpoint = try Checkpoint(directory: folder.url)
        #expect(checkpoint.name == "model.safetensors")
        #expect(checkpoint.names == ["a", "b"])
        #expect(checkpoint.contains("a") && !checkpoint.contains("c"))
        #expect(checkpoint.entry(named: "a")?.shape == [1])
        #expect(try checkpoint.tensor(named: "a").copiedBytes == Array("a".utf8))
        #expect(errorText { try checkpoint.tensor(named: "c") } == #"model.safetensors: there is no tensor "c""#)
        #expect(try Checkpoint(file: folder.url.appending(path: "model.safetensors")).names == ["a", "b"])
    }

    @Test func shardsAreOneMap() throws {
        try writeShard("model-1.safetensors", ["a", "b"])
        try writeShard("model-2.safetensors", ["c"])
        try writeIndex(["a": "model-1.safetensors", "b": "model-1.safetensors", "c": "model-2.safetensors"])
        let checkpoint = try Checkpoint(directory: folder.url)
        #expect(checkpoint.name == "model.safetensors.index.json")
        #expect(checkpoint.names == ["a", "b", "c"])
        #expect(try checkpoint.tensor(named: "c").copiedBytes == Array("c".utf8))
    }

    @Test func allMissingShardsAreNamed() throws {
        try writeShard("1", ["a"])
        try writeIndex(["a": "1", "b": "2", "c": "3"])
        #expect(
            errorText { try Checkpoint(directory: folder.url) }
                == "model.safetensors.index.json: 2 of 3 listed files are missing: 2, 3; the download may be incomplete"
        )
    }

    @Test func indexAndShardsMustAgree() throws {
        try writeShard("1", ["a", "x"])
        try writeShard("2", ["b"])
        try writeIndex(["a": "1", "b": "2", "c": "2"])
        let warnings = Warnings()
        let error = warnings.collect { errorText { try Checkpoint(directory: folder.url) } }
        #expect(error == "model.safetensors.index.json: 1 missing: c in 2")
        #expect(
            warnings.messages == [
                "model.safetensors.index.json: tensors: 1 with no place in the model, and ignored: x in 1"
            ])
    }

    @Test(arguments: ["../x", "/x", "a/../../x", "a//b", "./x", "", "..", "a\\b", "a\u{0}b"])
    func shardsOutsideTheFolderAreRefused(_ path: String) throws {
        try writeIndex(["a": path])
        let text = errorText { try Checkpoint(directory: folder.url) }
        #expect(text.hasPrefix("model.safetensors.index.json: \"weight_map.a\" is \""))
        #expect(text.hasSuffix("\"; expected the name of a file inside the folder"))
    }

    @Test func brokenIndicesAreRefused() throws {
        try folder.write("{}", to: "model.safetensors.index.json")
        #expect(
            errorText { try Checkpoint(directory: folder.url) }
                == #"model.safetensors.index.json: missing key "weight_map" (expected an object)"#)
        try writeIndex([:])
        #expect(
            errorText { try Checkpoint(directory: folder.url) }
                == #"model.safetensors.index.json: "weight_map" is an object; expected at least one tensor"#)
        try folder.write(#"{"weight_map":{"a":1}}"#, to: "model.safetensors.index.json")
        #expect(
            errorText { try Checkpoint(directory: folder.url) }
                == #"model.safetensors.index.json: "weight_map.a" is 1; expected a string"#)
    }

    @Test func aFolderWithoutWeightsSaysWhatWasExpected() {
        #expect(
            errorText { try Checkpoint(directory: folder.url) }
                == "no weights in \(folder.url.path): expected model.safetensors or pytorch_model.bin, or one of them in parts "
                + "with an index (.index.json)")
    }
}
