// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("encode")
struct EncodeCommandTests {
    private let folder: TemporaryFolder
    private let texts: String

    init() throws {
        folder = try TemporaryFolder()
        texts = try folder.write(ModelFixture.texts(), to: "texts.jsonl").path
    }

    private func file(_ name: String) -> URL { folder.url.appending(path: name) }

    @Test(
        "JSON lines on standard output are the reference's embeddings", arguments: ["mean", "plain", "prompts", "tail"])
    func standardOutput(model: String) throws {
        let result = try Command.run("encode", model, ["--input", texts, "--quiet", "--kind", "dense"])
        #expect(agree(try result.decoded(), try ModelFixture.expected(model, "texts")))
        #expect(result.error.isEmpty)
    }

    @Test("Every format holds the same numbers")
    func formats() throws {
        let lines: [[Float]] = try Command.run("encode", "mean", ["--input", texts]).decoded()
        for name in ["out.npy", "out.jsonl", "out.safetensors", "-"] {
            let path = name == "-" ? name : file(name).path
            let result = try Command.run("encode", "mean", ["--input", texts, "--output", path])
            #expect(result.output.isEmpty == (name != "-"))
        }
        let numpy = try NumpyArray(file("out.npy"))
        #expect(numpy.type == "<f4" && numpy.shape == [14, 48])
        #expect(try numpy.rows() == lines)
        #expect(try ModelFixture.rows(of: "embeddings", in: file("out.safetensors")) == lines)
        let written = try String(contentsOf: file("out.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(try written.map { try JSONDecoder().decode([Float].self, from: Data($0.utf8)) } == lines)
        #expect(try folder.contents() == ["out.jsonl", "out.npy", "out.safetensors", "texts.jsonl"])
    }

    @Test(
        "Prompts, tasks, dimensions and precisions are the reference's",
        arguments: [
            ("query", ["--task", "query"]), ("document", ["--task", "document"]), ("long", ["--prompt-name", "long"]),
            ("explicit", ["--prompt", "the weather is "]), ("dimensions", ["--truncate-dim", "12", "--normalize"]),
            ("binary", ["--precision", "binary"]), ("ubinary", ["--precision", "ubinary"]),
        ])
    func options(tensor: String, arguments: [String]) throws {
        let result = try Command.run("encode", "prompts", ["--input", texts] + arguments)
        #expect(agree(try result.decoded(), try ModelFixture.expected("prompts", tensor)))
    }

    @Test(
        "Integer precisions keep their types",
        arguments: [
            ("int8", "|i1"), ("uint8", "|u1"), ("binary", "|i1"), ("ubinary", "|u1"),
        ])
    func precisions(precision: String, type: String) throws {
        for name in ["out.npy", "out.safetensors"] {
            _ = try Command.run(
                "encode", "prompts", ["--input", texts, "--precision", precision, "--output", file(name).path])
        }
        let numpy = try NumpyArray(file("out.npy"))
        #expect(numpy.type == type)
        // A number at the edge of a step may fall on its other side.
        let expected = try ModelFixture.expected("prompts", precision)
        #expect(zip(try numpy.rows().joined(), expected.joined()).allSatisfy { abs($0 - $1) <= 1 })
        #expect(try ModelFixture.rows(of: "embeddings", in: file("out.safetensors")) == numpy.rows())
    }

    @Test("Token embeddings are arrays of arrays, or one tensor for each text")
    func tokenEmbeddings() throws {
        let path = file("tokens.safetensors").path
        let lines: [[[Float]]] = try Command.run("encode", "mean", ["--input", texts, "--token-embeddings"]).decoded()
        _ = try Command.run("encode", "mean", ["--input", texts, "--token-embeddings", "--output", path])
        #expect(lines.count == 14)
        for (index, rows) in lines.enumerated() {
            #expect(agree(rows, try ModelFixture.expected("mean", "tokens.\(index)"), within: 2e-6))
            #expect(try ModelFixture.rows(of: "\(index)", in: URL(filePath: path)) == rows)
        }
    }

    @Test("Pairs are encoded together")
    func pairs() throws {
        let path = try folder.write(ModelFixture.pairs(), to: "pairs.json").path
        let result = try Command.run("encode", "mean", ["--input", path])
        #expect(agree(try result.decoded(), try ModelFixture.expected("mean", "pairs")))
    }

    @Test("Threads and batches change no digit")
    func threads() throws {
        let outputs = try [["--threads", "1"], ["--threads", "3", "--batch-tokens", "1"], ["--compute", "float32"]]
            .map { try Command.run("encode", "mean", ["--input", texts] + $0).output }
        #expect(Set(outputs).count == 1)
    }

    @Test("A warning tells of texts that were cut, unless --quiet")
    func cuts() throws {
        let arguments = ["--max-length", "4"]
        let result = try Command.run("encode", "mean", arguments, input: "the weather is lovely\na\n")
        #expect(result.error == "warning: 1 of 2 texts were cut to 4 tokens\n")
        #expect(result.lines.count == 2)
        let tokens = try Command.run(
            "encode", "mean", arguments + ["--token-embeddings"], input: "the weather is lovely")
        #expect(tokens.error == "warning: 1 of 1 texts were cut to 4 tokens\n")
        #expect(try Command.run("encode", "mean", arguments + ["--quiet"], input: "the weather is lovely").error == "")
    }

    @Test("No text gives an output without rows")
    func noTexts() throws {
        #expect(try Command.run("encode", "mean").output.isEmpty)
        _ = try Command.run("encode", "mean", ["--output", file("none.npy").path])
        let numpy = try NumpyArray(file("none.npy"))
        #expect(numpy.shape == [0, 48] && numpy.data.isEmpty)
        _ = try Command.run("encode", "mean", ["--precision", "int8", "--output", file("none.safetensors").path])
        #expect(try ModelFixture.rows(of: "embeddings", in: file("none.safetensors")).isEmpty)
    }
}
