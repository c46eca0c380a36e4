// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import Testing

@Suite("Input")
struct InputTests {
    private struct Tokens: Decodable, Equatable {
        let ids: [Int]
        let type_ids: [Int]
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// The tokens of a file with the given content, which shows how it was taken apart.
    private func tokens(_ content: String, _ name: String = "texts.txt") throws -> [Tokens] {
        try tokens([UInt8](content.utf8), name)
    }

    private func tokens(_ content: [UInt8], _ name: String) throws -> [Tokens] {
        let path = try folder.write(content, to: name).path
        return try Command.run("tokenize", "mean", ["--input", path]).decoded()
    }

    @Test("A plain file has one text a line, empty ones included; its last line end makes no text")
    func plainLines() throws {
        let two = try tokens("the weather\nit is sunny\n")
        #expect(two.count == 2)
        #expect(try tokens("the weather\nit is sunny") == two)
        #expect(try tokens("the weather\n\nit is sunny\n\n").map(\.ids.count) == [4, 2, 5, 2])
        #expect(try tokens("\n").map(\.ids.count) == [2])
        #expect(try tokens("").isEmpty)
    }

    @Test("Carriage returns and a byte order mark are no part of texts")
    func lineEnds() throws {
        let two = try tokens("the weather\nit is sunny\n")
        #expect(try tokens("\u{FEFF}the weather\r\nit is sunny\r\n") == two)
        #expect(try tokens("\u{FEFF}\"the weather\"\r\n\"it is sunny\"\r\n", "texts.JSONL") == two)
        #expect(try tokens("\u{FEFF}").isEmpty)
    }

    @Test("Only a line feed ends a line", arguments: ["\u{2028}", "\u{2029}", "\u{85}", "\u{B}", "\u{C}", "\r"])
    func otherSeparators(separator: String) throws {
        #expect(try tokens("the\(separator)weather\n").count == 1)
        if separator.unicodeScalars.allSatisfy({ $0.value >= 0x20 }) {
            #expect(try tokens("\"the\(separator)weather\"\n\"a\"\n", "texts.jsonl").count == 2)
        }
    }

    @Test("Half of a surrogate pair, which Python writes, counts only where a text is read")
    func brokenStrings() throws {
        let other = #"{"text": "the weather", "s": "\ud800", "a": ["\udfff"]}"#
        #expect(try tokens(other + "\n", "texts.jsonl") == tokens("the weather\n"))
        for line in [#""a\ud800""#, #"{"text": "\ud800"}"#] {
            let path = try folder.write(line + "\n", to: "broken.jsonl").path
            let result = try Command.run(["tokenize", "--model", Fixture.url("models/mean").path, "--input", path])
            #expect(result.status == 1 && result.output.isEmpty)
            #expect(result.error.contains("line 1: found a string with half of a surrogate pair"), "\(result.error)")
        }
    }

    @Test("JSON lines hold strings, pairs and objects with a text")
    func jsonLines() throws {
        let lines = try tokens(
            #"""
            "the weather\nis lovely"
             ["the weather", "is lovely"] 
            {"id": 7, "text": "the weather\u000ais lovely"}
            "[\"the weather\", \"is lovely\"]"
            """#, "texts.jsonl")
        #expect(lines.count == 4)
        #expect(lines[0] == lines[2])
        #expect(Set(lines[0].type_ids) == [0])
        #expect(lines[1].type_ids == [0, 0, 0, 0, 1, 1, 1])
        #expect(lines[3].ids.count > lines[0].ids.count)
        #expect(Set(lines[3].type_ids) == [0])
    }

    @Test("Standard input is plain lines, with and without \"-\"")
    func standardInput() throws {
        let file = try tokens("the weather\n\"it is sunny\"\n")
        for arguments in [[], ["--input", "-"]] {
            let result = try Command.run("tokenize", "mean", arguments, input: "the weather\n\"it is sunny\"\n")
            #expect(try result.decoded() == file)
        }
    }

    @Test(
        "A line that cannot be read is named",
        arguments: [
            ("\"a\"\n{\"text\": 1}\n", "line 2: found an object without a string \"text\"; \(expected)"),
            ("{\"image\": \"a.png\"}\n", "line 1: found an image, but the model takes texts only"),
            ("[\"a\"]", "line 1: found an array of 1 elements; \(expected)"),
            ("[\"a\", 2]", "line 1: found an array of 2 elements; \(expected)"),
            ("\"a\"\n\"b\"\n7", "line 3: found neither text nor pair; \(expected)"),
            ("\"a\"\n\n\nb", "line 4: not valid JSON: expected a value at byte 0"),
            ("\"a\"\n\(String(repeating: "[", count: 513))", "line 2: not valid JSON: nested more than 128 deep"),
            (
                "\"a\"\n[[",
                "line 2: not valid JSON: expected a value, found the end of the text; the file may be incomplete"
            ),
        ])
    func brokenLines(content: String, message: String) throws {
        let path = try folder.write(content, to: "texts.jsonl").path
        try expectFailure(
            ["tokenize", "--model", Fixture.url("models/mean").path, "--input", path], "\(path), \(message)")
    }

    private static let expected = "expected a string, an array of two strings, or an object with \"text\""

    @Test("Text that is not UTF-8 is refused with its line")
    func invalidUTF8() throws {
        for (name, message) in [
            ("texts.txt", "the text is not UTF-8; convert the file, for example with iconv"),
            ("texts.jsonl", "not valid JSON: the text is not UTF-8"),
        ] {
            let path = try folder.write([UInt8]("\"a\"\n\"".utf8) + [0xE9, 0x22, 0x0A], to: name).path
            try expectFailure(
                ["encode", "--model", Fixture.url("models/mean").path, "--input", path], "\(path), line 2: \(message)")
        }
    }
}
