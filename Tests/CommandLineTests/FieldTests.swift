// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("Fields of rows")
struct FieldTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func path(_ name: String) -> String { folder.url.appending(path: name).path }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.url.appending(path: name), encoding: .utf8)
    }

    private static let rows = #"""
        {"id": 8.50, "text": "the weather", "tags": ["a", {"b": 1e3}], "other": 1}

        {"tags": "é\n", "text": "it is sunny", "id": "x"}

        """#

    @Test("Results carry fields as they were written")
    func lines() throws {
        let plain = try Command.run("encode", "mean", input: "the weather\nit is sunny\n").lines
        let lines = try Command.run("encode", "mean", ["--id-field", "id", "--keep", "tags"], input: Self.rows).lines
        #expect(
            lines == [
                #"{"id":8.50,"tags":["a", {"b": 1e3}],"embedding":\#(plain[0])}"#,
                #"{"id":"x","tags":"é\n","embedding":\#(plain[1])}"#,
            ])
        let kept = try Command.run("encode", "mean", ["--keep", "other"], input: Self.rows).lines
        #expect(kept[0].hasPrefix("{\"other\":1,\"embedding\":[") && kept[1].hasPrefix("{\"other\":null,"))
        let without = try Command.run("encode", "mean", input: Self.rows).lines
        #expect(without == plain)
        let tokens = try Command.run("tokenize", "mean", ["--id-field", "id"], input: Self.rows).lines
        #expect(tokens[1] == #"{"id":"x","ids":[3,11,8,13,4],"type_ids":[0,0,0,0,0]}"#)
    }

    @Test("Binary files have a file of fields beside them", arguments: ["out.npy", "out.safetensors"])
    func binary(name: String) throws {
        _ = try Command.run(
            "encode", "mean", ["--id-field", "id", "--keep", "tags", "--output", path(name)], input: Self.rows)
        #expect(
            try text("out.ids.jsonl")
                == "{\"id\":8.50,\"tags\":[\"a\", {\"b\": 1e3}]}\n{\"id\":\"x\",\"tags\":\"é\\n\"}\n")
        #expect(try folder.contents() == ["out.ids.jsonl", name])
    }

    @Test("Sparse, decoded and scored results carry fields too")
    func others() throws {
        let sparse = try Command.run(
            ["encode", "--model", Fixture.url("sparse/sum").path, "--id-field", "id"], input: Self.rows)
        #expect(sparse.lines.count == 2 && sparse.lines[0].hasPrefix("{\"id\":8.50,\"indices\":["))
        let words = try Command.run(
            ["encode", "--model", Fixture.url("sparse/sum").path, "--id-field", "id", "--decode"], input: Self.rows)
        #expect(words.lines[0].hasPrefix("{\"id\":8.50,\"words\":[[\""))
        let vectors = try Command.run(
            ["encode", "--model", Fixture.url("vectors/pylate").path, "--id-field", "id"], input: Self.rows)
        #expect(vectors.lines[0].hasPrefix("{\"id\":8.50,\"embedding\":[["))
        let scores = try Command.run(
            [
                "predict", "--model", Fixture.url("cross_encoders/bert").path, "--id-field", "n", "--input-format",
                "csv",
            ],
            input: "n,sentence1,sentence2\n7,a,b\n")
        #expect(try #require(scores.lines.first).hasPrefix("{\"id\":\"7\",\"score\":0."), "\(scores.error)")
    }

    @Test("rank --json keeps the fields of documents")
    func rank() throws {
        let arguments = ["rank", "--model", Fixture.url("cross_encoders/bert").path, "--query", "sunny"]
        let result = try Command.run(arguments + ["--json", "--id-field", "id"], input: Self.rows)
        #expect(result.output.contains("\"text\":\"the weather\",\"id\":8.50}"), "\(result.output)\(result.error)")
        let table = try Command.run(arguments + ["--id-field", "id"], input: Self.rows)
        #expect(table.status == 64 && table.error.contains("--id-field and --keep need --json"))
    }

    @Test("Texts are found by name, or by the name that is given")
    func textField() throws {
        let plain = try Command.run("tokenize", "mean", input: "the weather\n").output
        for row in [
            #"{"sentence": "the weather"}"#, #"{"content": "the weather"}"#, #"{"text":"the weather","content":"a"}"#,
        ] {
            #expect(try Command.run("tokenize", "mean", input: row).output == plain)
        }
        let named = try Command.run(
            "tokenize", "mean", ["--text-field", "é"], input: #"{"text": "a", "\u00e9": "the weather"}"#)
        #expect(named.output == plain)
        let table = try folder.write("x,title\r\n1,the weather\r\n", to: "a.csv").path
        #expect(try Command.run("tokenize", "mean", ["--text-field", "title", "--input", table]).output == plain)
        let pair = try Command.run(
            "tokenize", "mean", ["--text-field", "title", "--text-field", "x", "--input", table]
        ).output
        #expect(pair.contains("\"type_ids\":[0,0,0,0,1"))
        let model = Fixture.url("models/mean").path
        try expectFailure(
            ["tokenize", "--model", model, "--input", table],
            "\(table): no column is called text, sentence or content; it has: x, title; name one with --text-field")
        try expectFailure(
            ["tokenize", "--model", model, "--input", table, "--text-field", "y"],
            "\(table): no column is called \"y\"; it has: x, title")
    }

    @Test(
        "Fields that are not there, or cannot be written, are refused",
        arguments: [
            ("the weather\n", "line 1: found a text without fields; \"id\" needs objects with fields, or CSV or TSV"),
            ("{\"text\": \"a\"}\n", "line 1: found an object without \"id\", which --id-field names"),
            ("{\"text\": \"a\", \"id\": NaN}\n", "line 1: \"id\" holds NaN or an infinite number"),
        ])
    func missing(input: String, message: String) throws {
        let model = Fixture.url("models/mean").path
        let result = try Command.run(["encode", "--model", model, "--id-field", "id"], input: input)
        #expect(result.status == 1 && result.output.isEmpty && result.error.contains(message), "\(result.error)")
        for name in ["embedding", "score", "indices", "ids"] {
            let usage = try Command.run(["encode", "--model", model, "--keep", name])
            #expect(usage.status == 64 && usage.error.contains("--keep \(name) would hide"), "\(usage.error)")
        }
    }
}
