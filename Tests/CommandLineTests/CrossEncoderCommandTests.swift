// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("rank and predict")
struct CrossEncoderCommandTests {
    private let folder: TemporaryFolder
    private let pairs: String

    init() throws {
        folder = try TemporaryFolder()
        pairs = try folder.write(ModelFixture.jsonLines(Self.pairs()), to: "pairs.jsonl").path
    }

    private struct Hit: Decodable {
        let corpus_id: Int
        let score: Float
        let text: String
    }

    private static func pairs() throws -> [[String]] {
        try JSONDecoder().decode([[String]].self, from: Data(contentsOf: Fixture.url("cross_encoders/pairs.json")))
    }

    private static func expected(_ model: String, _ name: String) throws -> [[Float]] {
        try ModelFixture.rows(of: name, in: Fixture.url("cross_encoders/\(model)/expected.safetensors"))
    }

    /// Runs a verb with a model from `Tests/Fixtures/cross_encoders`; its success is expected.
    private func run(
        _ verb: String, _ model: String, _ arguments: [String] = [], input: String = ""
    ) throws -> Command.Result {
        let path = Fixture.url("cross_encoders/\(model)").path
        let result = try Command.run([verb, "--model", path] + arguments, input: input)
        #expect(result.status == 0, "\(result.error)")
        return result
    }

    private func file(_ name: String) -> URL { folder.url.appending(path: name) }

    /// What both sides round differently in float32.
    private static let tolerance: Float = 1e-5

    @Test("predict writes a number for each pair", arguments: ["bert", "roberta", "causal", "chat", "dense"])
    func numbers(model: String) throws {
        let found = try run("predict", model, ["--input", pairs, "--quiet"])
        let expected = try Self.expected(model, "default")
        #expect(agree(try found.decoded(Float.self).map { [$0] }, expected, within: Self.tolerance))
        #expect(found.error.isEmpty)
        let stream = try run("predict", model, ["--quiet"], input: ModelFixture.jsonLines(Self.pairs()))
        #expect(stream.output == found.output)
    }

    @Test("predict writes an array of numbers where there are several labels")
    func arrays() throws {
        let found = try run("predict", "bert_labels", ["--input", pairs, "--quiet"])
        let expected = try Self.expected("bert_labels", "default")
        #expect(agree(try found.decoded(), expected, within: Self.tolerance))
        let softmax = try run("predict", "bert_labels", ["--input", pairs, "--quiet", "--softmax"])
        #expect(agree(try softmax.decoded(), try Self.expected("bert_labels", "softmax"), within: Self.tolerance))
    }

    @Test(
        "Prompts and activations are the reference's",
        arguments: [
            ("dense", "logits", ["--activation", "identity"]), ("dense", "long", ["--prompt-name", "long"]),
            ("dense", "explicit", ["--prompt", "the weather is "]), ("dense", "none", ["--prompt", ""]),
            ("chat", "prompt", ["--prompt", "Say whether it is sunny."]),
            ("chat_modules", "named", ["--prompt-name", "sun"]),
        ])
    func options(model: String, tensor: String, arguments: [String]) throws {
        let found = try run("predict", model, ["--input", pairs, "--quiet"] + arguments)
        let expected = try Self.expected(model, tensor)
        #expect(agree(try found.decoded(Float.self).map { [$0] }, expected, within: Self.tolerance))
    }

    @Test("Every format holds the same numbers")
    func formats() throws {
        let lines: [[Float]] = try run("predict", "bert_labels", ["--input", pairs]).decoded()
        for name in ["out.npy", "out.jsonl", "out.safetensors"] {
            let result = try run("predict", "bert_labels", ["--input", pairs, "--output", file(name).path])
            #expect(result.output.isEmpty)
        }
        let numpy = try NumpyArray(file("out.npy"))
        #expect(numpy.type == "<f4" && numpy.shape == [lines.count, 3])
        #expect(try numpy.rows() == lines)
        #expect(try ModelFixture.rows(of: "scores", in: file("out.safetensors")) == lines)
        let written = try String(contentsOf: file("out.jsonl"), encoding: .utf8).split(separator: "\n")
        #expect(try written.map { try JSONDecoder().decode([Float].self, from: Data($0.utf8)) } == lines)
        _ = try run("predict", "bert", ["--output", file("none.npy").path])
        #expect(try NumpyArray(file("none.npy")).shape == [0, 1])
        #expect(try run("predict", "bert").output.isEmpty)
    }

    private static let documents = [
        "It's so sunny outside!", "pasta", "", "say \"it's\" — 北京", "He drove to the stadium.",
    ]

    @Test("rank --json writes all documents, best first")
    func rankJSON() throws {
        let path = try folder.write(Self.documents.joined(separator: "\n"), to: "documents.txt").path
        let arguments = ["--query", "is it sunny?", "--json", "--quiet"]
        let result = try run("rank", "roberta", arguments + ["--documents", path])
        let hits = try #require(try result.decoded([Hit].self).first)
        #expect(result.lines.count == 1)
        #expect(hits.map(\.corpus_id).sorted() == [0, 1, 2, 3, 4])
        #expect(hits.allSatisfy { $0.text == Self.documents[$0.corpus_id] })
        #expect(zip(hits, hits.dropFirst()).allSatisfy { $0.score >= $1.score })
        let lines = try ModelFixture.jsonLines(Self.documents.map { ["is it sunny?", $0] })
        let scores: [Float] = try run("predict", "roberta", ["--quiet"], input: lines).decoded()
        #expect(hits.allSatisfy { $0.score == scores[$0.corpus_id] })
        let stream = try run("rank", "roberta", arguments, input: Self.documents.joined(separator: "\n"))
        #expect(stream.output == result.output)
        let lined = try folder.write(ModelFixture.jsonLines(Self.documents), to: "documents.jsonl").path
        #expect(try run("rank", "roberta", arguments + ["--documents", lined]).output == result.output)
        let top = try run("rank", "roberta", arguments + ["--documents", path, "--top-k", "2"])
        #expect(try top.decoded([Hit].self).first?.map(\.corpus_id) == hits.prefix(2).map(\.corpus_id))
        #expect(try run("rank", "roberta", arguments).output == "[]\n")
    }

    @Test("rank prints a score, an index and a document a line")
    func rankTable() throws {
        let result = try run(
            "rank", "roberta", ["--query", "is it sunny?", "--activation", "identity", "--quiet"],
            input: Self.documents.joined(separator: "\n"))
        #expect(result.lines.count == 5)
        for line in result.lines {
            let match = try #require(try /\ *(-?\d+\.\d{4})  (\d)  (.*)/.wholeMatch(in: line), "\(line)")
            let index = try #require(Int(match.2))
            #expect(Self.documents[index] == match.3)
        }
    }

    @Test("A warning tells of pairs that were cut", arguments: ["bert_labels", "causal_modules"])
    func cuts(model: String) throws {
        let result = try run("predict", model, ["--max-length", "6"], input: #"["a b c d", "e f g h"]"#)
        #expect(result.error == "warning: 1 of 1 texts were cut to 6 tokens\n")
    }

    @Test(
        "Failures have status 1 and a message",
        arguments: [
            (["predict"], "bert", "just a text\n", "standard input, line 1: not valid JSON"),
            (["predict", "--input", "/dev/null/none"], "bert", "", "cannot open /dev/null/none: Not a directory"),
            (["predict"], "bert", "\"a\"\n", "standard input, line 1: found a single text; expected an array"),
            (["predict"], "bert", "[\"a\", \"b\"]\n[\"a\"]\n", "standard input, line 2: found an array of 1 elements"),
            (["rank", "--query", "a"], "bert_labels", "b\n", "has 3 labels (contradiction, entailment, neutral)"),
            (["rank", "--query", "a", "--prompt-name", "x"], "bert", "b\n", "no prompt named \"x\""),
            (
                ["rank", "--query", "a"], "../models/mean", "b\n",
                "open it with SentenceTransformer(\"…\"), or by the commands for it: encode, similarity\n"
            ),
            (["predict", "--output", "/no/such/folder/a.npy"], "bert", "", "there is no folder"),
        ])
    func failures(arguments: [String], model: String, input: String, message: String) throws {
        let path = Fixture.url("cross_encoders/\(model)").path
        let result = try Command.run(arguments + ["--model", path], input: input)
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.error.hasPrefix("error: ") && result.error.contains(message), "\(result.error)")
        #expect(result.error.split(separator: "\n").count == 1)
    }

    @Test(
        "Bad usage has status 64",
        arguments: [
            (["rank"], "Missing expected argument '--query <text>'"),
            (["rank", "--query", "a", "--top-k", "0"], "The value '0' is invalid for '--top-k <n>'"),
            (["predict", "--activation", "sing"], "The value 'sing' is invalid for '--activation <activation>'"),
            (["predict", "--output", "a.csv"], "expected a file that ends in .npy, .jsonl or .safetensors"),
        ])
    func usage(arguments: [String], message: String) throws {
        let result = try Command.run(arguments + ["--model", Fixture.url("cross_encoders/bert").path])
        #expect(result.status == 64 && result.output.isEmpty)
        #expect(result.error.contains(message), "\(result.error)")
    }
}
