// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("Failures")
struct FailureTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var output: URL { folder.url.appending(path: "out.npy") }

    /// A copy of a fixture model that a test may damage.
    private func copy(_ model: String = "mean") throws -> URL {
        let copy = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url("models/\(model)"), to: copy)
        return copy
    }

    /// Expects that encoding one text fails and leaves no file behind.
    private func expectEncodeFailure(
        _ model: String, _ arguments: [String], _ message: String, environment: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let input = try folder.write("a\n", to: "texts.txt").path
        let before = try folder.contents()
        try expectFailure(
            ["encode", "--model", model, "--input", input, "--output", output.path] + arguments, message,
            environment: environment, sourceLocation: sourceLocation)
        #expect(try folder.contents() == before, sourceLocation: sourceLocation)
    }

    private func edit(_ file: URL, _ change: (inout Data) throws -> Void) throws {
        var data = try Data(contentsOf: file)
        try change(&data)
        try data.write(to: file)
    }

    private func replace(_ old: String, with new: String, in file: URL) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        try #require(text.contains(old))
        try text.replacing(old, with: new).write(to: file, atomically: true, encoding: .utf8)
    }

    @Test("A model that is not there")
    func noModel() throws {
        try expectEncodeFailure("/no/such/model", [], "no such folder: /no/such/model")
        let empty = try folder.makeFolder("empty").path
        try expectEncodeFailure(
            empty, [], "no model in \(empty): expected modules.json, or config.json of a plain encoder")
        let result = try Command.run(
            ["info", "--model", "no-such-model", "--offline"], environment: ["HF_HUB_CACHE": folder.url.path])
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.error.hasPrefix("error: sentence-transformers/no-such-model is not in the cache"))
    }

    @Test("Weights that are missing, incomplete or corrupt")
    func damagedWeights() throws {
        let model = try copy()
        let weights = model.appending(path: "model.safetensors")
        let count = try Data(contentsOf: weights).count
        try edit(weights) { $0.removeLast(1000) }
        var result = try Command.run(["info", "--model", model.path])
        #expect(result.status == 1)
        #expect(result.error.hasSuffix("; the file may be incomplete\n"), "\(result.error), \(count) bytes")
        #expect(result.error.count { $0 == "\n" } == 1)

        try edit(weights) { $0.replaceSubrange(8..<20, with: [UInt8](repeating: 0xFF, count: 12)) }
        result = try Command.run(["info", "--model", model.path])
        #expect(result.error == "error: model.safetensors: the header does not begin with \"{\"\n")

        try FileManager.default.removeItem(at: weights)
        try expectEncodeFailure(
            model.path, [],
            "no weights in \(model.path): expected model.safetensors or pytorch_model.bin, or one of them in parts with an "
                + "index (.index.json)")
    }

    @Test("Weights of another shape")
    func wrongShape() throws {
        let model = try copy()
        try replace(
            "\"intermediate_size\": 100", with: "\"intermediate_size\": 96", in: model.appending(path: "config.json"))
        let result = try Command.run(["encode", "--model", model.path, "--output", output.path])
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(
            result.error.hasPrefix(
                "error: model.safetensors: 6 of wrong shape: encoder.layer.0.intermediate.dense.weight is [100, 48], expected"
            ),
            "\(result.error)")
    }

    @Test("An architecture or module that this version does not know")
    func unknownArchitecture() throws {
        let model = try copy()
        try replace(
            "\"model_type\": \"bert\"", with: "\"model_type\": \"mamba\"", in: model.appending(path: "config.json"))
        let result = try Command.run(["encode", "--model", model.path])
        #expect(result.status == 1)
        #expect(
            result.error.hasPrefix("error: model/config.json: model_type \"mamba\" is not supported by this version"),
            "\(result.error)")
        try replace("pooling.Pooling", with: "pooling.Puddle", in: model.appending(path: "modules.json"))
        #expect(try Command.run(["info", "--model", model.path]).error.count { $0 == "\n" } == 1)
    }

    @Test("Configurations that are no JSON, or nest without end")
    func brokenConfig() throws {
        let model = try copy()
        for content in ["", "{", "[]", "null", String(repeating: "[", count: 100_000)] {
            try content.write(to: model.appending(path: "config.json"), atomically: true, encoding: .utf8)
            let result = try Command.run(["tokenize", "--model", model.path])
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(result.error.contains("config.json: "), "\(result.error)")
            #expect(result.error.count { $0 == "\n" } == 1)
        }
    }

    @Test("Files that cannot be read or written")
    func files() throws {
        let model = Fixture.url("models/mean").path
        try expectFailure(
            ["encode", "--model", model, "--input", "/no/such/file"],
            "cannot open /no/such/file: No such file or directory")
        try expectFailure(
            ["encode", "--model", model, "--input", folder.url.path],
            "cannot read \(folder.url.path): Is a directory")
        try expectFailure(
            ["encode", "--model", model, "--output", "/no/such/folder/a.npy"],
            "cannot write /no/such/folder/a.npy: there is no folder /no/such/folder, or it is not writable")
        let taken = try folder.makeFolder("taken.npy").path
        try expectFailure(
            ["encode", "--model", model, "--output", taken], "cannot write \(taken): it is a folder; name a file")
        #expect(try folder.contents() == ["taken.npy"])
    }

    @Test("Options that the model cannot follow")
    func options() throws {
        let model = Fixture.url("models/prompts").path
        try expectEncodeFailure(
            model, ["--prompt-name", "nothing"],
            "the model has no prompt named \"nothing\"; it has: document, long, passage, query")
        try expectEncodeFailure(
            model, ["--precision", "int8"],
            "int8 and uint8 need the range of each dimension, which one embedding does not show; pass ranges or several "
                + "texts")
        try expectEncodeFailure(
            model, ["--max-length", "1"],
            "cannot cut a text to a length of 1: its special tokens alone are 2; allow at least that many")
        try expectFailure(
            ["bench", "--model", model, "--input", folder.write("", to: "none.txt").path],
            "\(folder.url.path)/none.txt holds no texts; bench needs at least one")
    }

    @Test("Kernels that the machine does not have")
    func kernels() throws {
        let result = try Command.run(
            ["info", "--model", Fixture.url("models/mean").path], environment: ["SENTENCE_KERNELS": "abacus"])
        #expect(result.status == 1 && result.output.isEmpty)
        let message =
            "error: SENTENCE_KERNELS asks for the kernels \"abacus\", which this machine does not have; available: portable"
        #expect(result.error.hasPrefix(message), "\(result.error)")
    }

    @Test("Where the system gives no thread, that is an error, not a wait", .timeLimit(.minutes(1)))
    func threads() throws {
        let result = try Command.run(
            ["encode", "--model", Fixture.url("models/mean").path], input: "a\n", limits: Command.noThreads)
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.error.hasPrefix("error: cannot start a thread"), "\(result.error)")
    }

    @Test("An input that fails is named by its place in the whole input")
    func inputIndex() throws {
        var lines = (0..<4200).map { "\"text number \($0)\"" }
        lines[4100] = "[\"a\", \"b\"]"
        let folder = try TemporaryFolder()
        let file = try folder.write(lines.joined(separator: "\n"), to: "texts.jsonl")
        let model = Fixture.url("models/mean").path
        let result = try Command.run(["encode", "--model", model, "--input", file.path, "--max-length", "2"])
        #expect(result.status == 1)
        #expect(result.error.hasPrefix("error: input 4100: "), "\(result.error)")
    }
}
