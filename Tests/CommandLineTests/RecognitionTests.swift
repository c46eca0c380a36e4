// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("Recognised input")
struct RecognitionTests {
    /// The tokens of what "the weather" and the others are as plain lines.
    private func plain(_ texts: [String]) throws -> String {
        try Command.run("tokenize", "mean", input: texts.map { $0 + "\n" }.joined()).output
    }

    private func pair(_ first: String, _ second: String) throws -> String {
        try Command.run("tokenize", "mean", ["--input-format", "jsonl"], input: "[\"\(first)\", \"\(second)\"]").output
    }

    @Test(
        "Standard input is recognised by how it begins",
        arguments: [
            "{\"text\": \"the weather\"}\n{\"text\": \"it is sunny\"}", "\n \"the weather\"\n\n\"it is sunny\"\n",
            "[\n\"the weather\", \"it is sunny\"]", "[\"the weather\",\n\"it is sunny\"\n]\n",
            "\u{FEFF}[{\"text\": \"the weather\"}, \"it is sunny\"]",
        ])
    func texts(input: String) throws {
        #expect(try Command.run("tokenize", "mean", input: input).output == plain(["the weather", "it is sunny"]))
    }

    @Test("Arrays of three are texts, arrays of two on a line are pairs, also inside an array")
    func pairs() throws {
        #expect(
            try Command.run("tokenize", "mean", input: "[\"the weather\", \"a\", \"b\"]").output
                == plain(["the weather", "a", "b"]))
        #expect(try Command.run("tokenize", "mean", input: "[\"a\"]").output == plain(["a"]))
        let pair = try pair("the weather", "a")
        let line = "[\"the weather\", \"a\"]\n"
        #expect(try Command.run("tokenize", "mean", input: line + line).output == pair + pair)
        #expect(try Command.run("tokenize", "mean", input: "[[\"the weather\", \"a\"]]").output == pair)
    }

    @Test("One array of two strings is refused, as it may be a list or a pair, until its format is named")
    func lonePair() throws {
        let input = " [\"the weather\", \"a\"]\r\n\n"
        for verb in ["tokenize", "encode", "similarity"] {
            let result = try Command.run([verb, "--model", Fixture.url("models/mean").path], input: input)
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(
                result.error
                    == "error: standard input is one array of two strings, which may be a list of two texts or one "
                    + "pair; name the format json for the list, or jsonl for the pair (--input-format json|jsonl)\n")
        }
        let texts = try Command.run("tokenize", "mean", ["--input-format", "json"], input: input).output
        #expect(try texts == plain(["the weather", "a"]))
        let pair = try Command.run("tokenize", "mean", ["--input-format", "jsonl"], input: input).output
        #expect(try pair == self.pair("the weather", "a"))
    }

    @Test("Texts that begin like JSON are texts", arguments: ["\"Yes\", she said.", "{{ name }}", "[sic] a", "(a)"])
    func texts(beginning: String) throws {
        let lines = try Command.run("tokenize", "mean", ["--input-format", "lines"], input: "\(beginning)\nb\n").output
        if beginning.hasPrefix("[") {
            let result = try Command.run(
                ["tokenize", "--model", Fixture.url("models/mean").path], input: "\(beginning)\nb\n")
            #expect(
                result.status == 1 && result.error.contains("name the format lines (--input-format lines)"),
                "\(result.error)")
        } else {
            #expect(try Command.run("tokenize", "mean", input: "\(beginning)\nb\n").output == lines)
        }
    }

    @Test(
        "What is not like its beginning is refused with its line and the way out",
        arguments: [
            ("\"a\"\nb\n", "standard input, line 2: not valid JSON"),
            ("{\"text\": \"a\"}\n\n7\n", "standard input, line 3: "),
            ("{\n\"text\": \"a\"}\n", "standard input begins with a JSON object that does not end on its line"),
        ])
    func mixed(input: String, message: String) throws {
        let result = try Command.run(["tokenize", "--model", Fixture.url("models/mean").path], input: input)
        #expect(result.status == 1 && result.output.isEmpty)
        #expect(result.error.hasPrefix("error: " + message), "\(result.error)")
        #expect(result.error.contains(" name the format lines (--input-format lines)\n"), "\(result.error)")
    }

    @Test("A file of JSON under another name gives a warning")
    func warning() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("{\"text\": \"a\"}\n", to: "a.txt").path
        let result = try Command.run("tokenize", "mean", ["--input", path])
        #expect(result.error.hasPrefix("warning: \(path) begins with JSON but is read as one text a line"))
        #expect(result.error.hasSuffix(" lines if it is meant so (--input-format jsonl|json|lines)\n"))
        #expect(try Command.run("tokenize", "mean", ["--input", path, "--quiet"]).error.isEmpty)
        #expect(try Command.run("tokenize", "mean", ["--input", path, "--input-format", "lines"]).error.isEmpty)
    }

    @Test("Empty texts are counted, and texts stand among the arguments")
    func arguments() throws {
        #expect(
            try Command.run("encode", "mean", input: "\n\na\n").error
                == "warning: standard input: 2 lines are empty, and each counts as an empty text\n")
        let expected = try Command.run("encode", "mean", input: "the weather\na\n").output
        #expect(try Command.run("encode", "mean", ["the weather", "a"]).output == expected)
        let folder = try TemporaryFolder()
        let path = try folder.write("a\n", to: "a.txt").path
        let error = try Command.run("encode", "mean", [path]).error
        #expect(
            error.hasPrefix(
                "warning: \"\(path)\" is taken as a text; to read the file of that name, pass --input \(path)\n"))
    }
}
