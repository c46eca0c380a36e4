// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("Ranges and numbers that are none")
struct NumberTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    // MARK: Ranges

    @Test("Ranges are saved with a corpus and used for queries")
    func ranges() throws {
        let corpus = "the weather\nit is sunny\nhe drove\n"
        let saved = ["--precision", "int8", "--ranges", path("ranges.json")]
        let first = try Command.run("encode", "prompts", saved, input: corpus)
        #expect(first.error.contains("it now holds the ranges of these texts"))
        #expect(try first.output == Command.run("encode", "prompts", ["--precision", "int8"], input: corpus).output)
        // Each text alone, as it was among the others.
        let alone = try corpus.split(separator: "\n").map { text in
            let result = try Command.run("encode", "prompts", saved, input: String(text))
            #expect(result.error.isEmpty)
            return result.output
        }
        #expect(alone.joined() == first.output)
        let bytes = try Data(contentsOf: folder.url.appending(path: "ranges.json"))
        _ = try Command.run(
            "encode", "prompts", ["--precision", "uint8", "--save-ranges", path("ranges.json")], input: "a\nb\n")
        #expect(try Data(contentsOf: folder.url.appending(path: "ranges.json")) != bytes)
    }

    @Test("Ranges are refused where --normalize is not as it was; those that do not say it are taken")
    func normalizedRanges() throws {
        let model = Fixture.url("models/mean").path
        let arguments = ["--precision", "int8", "--ranges", path("ranges.json")]
        for (isNormalized, message) in [
            (false, "embeddings without --normalize, which is given now"),
            (true, "embeddings with --normalize, which is not given now"),
        ] {
            let flag = ["--normalize"]
            let then = isNormalized ? flag : []
            let now = isNormalized ? [] : flag
            let save = ["--precision", "int8", "--save-ranges", path("ranges.json")]
            _ = try Command.run("encode", "mean", save + then, input: "the weather\nit is sunny\n")
            let text = try String(contentsOf: folder.url.appending(path: "ranges.json"), encoding: .utf8)
            #expect(text.hasSuffix("],\"normalized\":\(isNormalized)}\n"), "\(text)")
            _ = try Command.run("encode", "mean", arguments + then, input: "the weather\n")
            try expectFailure(
                ["encode", "--model", model, "a"] + arguments + now,
                "the ranges in \(path("ranges.json")) are those of \(message); encode as then, or take other ranges")
            let old = text.replacing(",\"normalized\":\(isNormalized)", with: "")
            _ = try folder.write(old, to: "ranges.json")
            _ = try Command.run("encode", "mean", arguments + now, input: "the weather\n")
            _ = try folder.write(old.replacing("]}", with: "],\"normalized\":1}"), to: "ranges.json")
            try expectFailure(
                ["encode", "--model", model, "a"] + arguments,
                "\(path("ranges.json")): expected true or false as \"normalized\"")
        }
    }

    @Test("Ranges that do not fit are refused")
    func otherRanges() throws {
        let model = Fixture.url("models/mean").path
        _ = try folder.write("{\"minimums\":[0],\"maximums\":[1]}", to: "ranges.json")
        try expectFailure(
            ["encode", "--model", model, "a", "--precision", "int8", "--ranges", path("ranges.json")],
            "the ranges have 1 dimensions, the embeddings 48")
        try expectFailure(
            ["encode", "--model", "/none", "a", "--precision", "int8", "--ranges", path("none/ranges.json")],
            "cannot write \(path("none/ranges.json")): there is no folder \(path("none")), or it is not writable")
        for arguments in [["--ranges", "a"], ["--precision", "binary", "--save-ranges", "a"]] {
            let result = try Command.run(["encode", "--model", model] + arguments)
            #expect(result.status == 64 && result.error.contains("needs --precision int8 or uint8"))
        }
    }

    // MARK: NaN

    /// A copy of a model in which the vector of a token is NaN.
    private func brokenModel(_ source: String, _ tensor: String, token: Int) throws -> String {
        let model = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url(source), to: model)
        let file = model.appending(path: "model.safetensors")
        let checkpoint = try Checkpoint(file: file)
        var tensors: [String: Tensor] = [:]
        for name in checkpoint.names { tensors[name] = try checkpoint.tensor(named: name).float32() }
        let table = try #require(tensors[tensor])
        var elements = table.floats
        let width = table.shape[1]
        for column in 0..<width { elements[token * width + column] = .nan }
        tensors[tensor] = Tensor(elements, shape: table.shape)
        try SafetensorsWriter.write(tensors, to: file)
        return model.path
    }

    @Test("NaN embeddings give a warning, and cannot be quantized")
    func notANumber() throws {
        let model = try brokenModel("models/mean", "embeddings.word_embeddings.weight", token: 11)
        let result = try Command.run(["encode", "--model", model], input: "the weather\nit is\nsunny\nit\n")
        #expect(result.status == 0 && result.lines.count == 4)
        #expect(
            result.error.hasPrefix(
                "warning: 2 embeddings hold NaN or infinite numbers, the first of them that of text 1 (counted from 0)"),
            "\(result.error)")
        #expect(result.lines[1].hasPrefix("[null,null,"))
        for precision in ["int8", "ubinary"] {
            let quantized = try Command.run(
                ["encode", "--model", model, "--precision", precision], input: "the weather\nit is\nsunny\n")
            #expect(quantized.status == 1 && quantized.output.isEmpty)
            #expect(
                quantized.error.hasPrefix(
                    "error: the embedding of text 1 (counted from 0) holds NaN or infinite numbers"),
                "\(quantized.error)")
        }
    }

    @Test(
        "similarity counts the rows that hold NaN", arguments: [(["it"], "1 row"), (["sunny", "it"], "2 rows")])
    func similarity(texts: [String], count: String) throws {
        let model = try brokenModel("models/mean", "embeddings.word_embeddings.weight", token: 11)
        let result = try Command.run(["similarity", "--model", model] + texts)
        #expect(result.status == 0 && result.lines.count == texts.count)
        let verb = texts.count == 1 ? "holds" : "hold"
        #expect(
            result.error.hasPrefix("warning: \(count) of similarities \(verb) NaN or infinite numbers, "),
            "\(result.error)")
    }

    @Test("rank writes null for NaN, and shows it last as nan")
    func rank() throws {
        let model = try brokenModel(
            "cross_encoders/bert", "bert.embeddings.word_embeddings.weight", token: 11)
        let arguments = ["rank", "--model", model, "--query", "sunny"]
        let documents = "it\nthe weather\nhe drove\n"
        let table = try Command.run(arguments, input: documents)
        #expect(table.lines.count == 3 && table.lines[2].wholeMatch(of: /\ *nan  0  it/) != nil, "\(table.output)")
        #expect(table.error.contains("warning: 1 score holds NaN or infinite numbers, that of text 0"))
        let json = try Command.run(arguments + ["--json", "--top-k", "3"], input: documents).output
        #expect(json.hasSuffix("{\"corpus_id\":0,\"score\":null,\"text\":\"it\"}]\n"), "\(json)")
        let best = try Command.run(arguments + ["--top-k", "1"], input: documents)
        #expect(best.lines.count == 1 && best.error.contains("text 0"), "what is not shown is counted")
    }
}
