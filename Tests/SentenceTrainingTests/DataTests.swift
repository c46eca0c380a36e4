// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTraining
import Testing

@Suite("Training data")
struct DataTests {
    /// The data of a file with the given content.
    private func data(_ content: some Sequence<UInt8>, _ name: String, columns: [String]? = nil) throws -> (
        TrainingData, TemporaryFolder
    ) {
        let folder = try TemporaryFolder()
        return (try TrainingData(contentsOf: folder.write(content, to: name), columns: columns), folder)
    }

    private func message(_ content: some Sequence<UInt8>, _ name: String, columns: [String]? = nil) throws -> String? {
        do {
            _ = try data(content, name, columns: columns)
            return nil
        } catch let error as TrainingError {
            #expect(error.code == .invalidData)
            return error.description
        }
    }

    private func rows(_ data: TrainingData) throws -> [[TrainingValue]] {
        try (0..<data.count).map { try data.row($0) }
    }

    private static let expected: [[TrainingValue]] = [
        [.text("a \"q\", b"), .text("c\nd"), .number(0.5)], [.text("é"), .text("日本\u{1F600}"), .number(1)],
    ]

    @Test(
        "The same rows in every format",
        arguments: [
            (
                "pairs.jsonl",
                "{\"query\": \"a \\\"q\\\", b\", \"answer\": \"c\\nd\", \"score\": 0.5}\r\n\r\n"
                    // As Python writes what is not ASCII.
                    + "{\"score\": 1, \"answer\": \"\\u65e5\\u672c\\ud83d\\ude00\", \"query\": \"\\u00e9\"}"
            ),
            (
                "pairs.json",
                "[{\"query\": \"a \\\"q\\\", b\",\n \"answer\": \"c\\nd\", \"score\": 5e-1},\n"
                    + "{\"query\": \"é\", \"answer\": \"日本😀\", \"score\": true}]"
            ),
            ("pairs.csv", "query,answer,score\r\n\"a \"\"q\"\", b\",\"c\nd\",0.5\r\né,日本😀,1\r\n"),
            ("pairs.tsv", "query\tanswer\tscore\n\"a \"\"q\"\", b\"\t\"c\nd\"\t 0.5\n\né\t日本😀\t1e0"),
        ])
    func formats(name: String, content: String) throws {
        let bytes = Array(content.utf8)
        for (content, name) in [
            (bytes, name), ([0xEF, 0xBB, 0xBF] + bytes, name), (Gzip.member(bytes), name + ".gz"),
        ] {
            let (data, folder) = try data(content, name)
            #expect(data.name == "pairs" && data.count == 2)
            #expect(data.columnNames == ["query", "answer", "score"])
            #expect(try rows(data) == Self.expected)
            #expect(data.place(of: 1).hasPrefix("\(name), line "))
            // Unpacked data have no name of their own.
            #expect(try folder.contents() == [name])
        }
    }

    @Test("Rows without names, lists and lines of text")
    func otherRows() throws {
        let (pairs, first) = try data("[\"a\", \"b\"]\n[\"c\", \"d\"]\n".utf8, "a.jsonl")
        #expect(pairs.columnNames == ["sentence_0", "sentence_1"])
        let (scored, second) = try data("[\"a\", \"b\", 1]\n[\"c\", \"d\", 0.5]\n".utf8, "a.jsonl")
        #expect(scored.columnNames == ["sentence_0", "sentence_1", "label"])
        #expect(try scored.row(1) == [.text("c"), .text("d"), .number(0.5)])
        #expect(scored.name == "a")
        let (lists, third) = try data("{\"a\": [\"x\", \"y\"], \"labels\": [[1, 2], [3]]}".utf8, "a.jsonl")
        #expect(try lists.row(0) == [.texts(["x", "y"]), .numbers([1, 2, 3])])
        let (lines, fourth) = try data("a b\nc\n".utf8, "a.corpus.txt")
        #expect(lines.name == "a.corpus")
        #expect(try rows(lines) == [[.text("a b")], [.text("c")]] && lines.columnNames == ["text"])
        withExtendedLifetime([first, second, third, fourth]) {}
    }

    @Test("Columns can be chosen, and then the others do not matter")
    func selection() throws {
        let (data, folder) = try data(
            "{\"a\": \"x\", \"id\": null, \"b\": \"y\"}\n{\"b\": \"z\", \"a\": \"w\", \"more\": \"\"}".utf8, "a.jsonl",
            columns: ["b", "a"])
        #expect(try rows(data) == [[.text("y"), .text("x")], [.text("z"), .text("w")]])
        withExtendedLifetime(folder) {}
        #expect(
            try message("a,b\n1,2".utf8, "a.csv", columns: ["c"])
                == "a.csv, line 2: there is no column \"c\"; found a, b")
    }

    private static let first = "{\"a\": \"x\", \"b\": \"y\", \"label\": 1}\n\n"

    @Test(
        "A row that does not fit is named by file and line before the first step",
        arguments: [
            ("not JSON", "not valid JSON: expected a value at byte 0"),
            ("{\"a\": \"x\", \"label\": 1}", "the column \"b\" is missing; expected a, b, label, as in the first row"),
            (
                "{\"a\": \"x\", \"b\": null, \"label\": 1}",
                "\"b\" is null; give every row a value, or leave the row out"
            ),
            ("{\"a\": \"x\", \"b\": \"\", \"label\": 1}", "\"b\" is empty"),
            ("{\"a\": \"x\", \"b\": \" \\n\", \"label\": 1}", "\"b\" is empty"),
            (
                "{\"a\": \"x\", \"b\": \"y\", \"label\": \"one\"}",
                "\"label\" is a text (\"one\"); expected a number, as in the first row"
            ),
            ("{\"a\": \"x\", \"b\": \"y\", \"label\": NaN}", "\"label\" is nan, which is no finite number"),
            ("{\"a\": \"x\", \"b\": \"y\", \"label\": 1e999}", "\"label\" is inf, which is no finite number"),
            (
                "{\"a\": \"x\", \"b\": \"y\", \"c\": \"z\", \"label\": 1}",
                "found the column \"c\", which the first row does not have (a, b, label)"
            ),
            ("{\"a\": 7, \"b\": \"y\", \"label\": 1}", "\"a\" is a number; expected a text, as in the first row"),
            (
                "{\"a\": {}, \"b\": \"y\", \"label\": 1}",
                "\"a\" is an object; expected a text, a number or a list of them"
            ),
            (
                "{\"a\": \"\\ud800\", \"b\": \"y\", \"label\": 1}",
                "\"a\" is a string with half of a surrogate pair; expected a text, a number or a list of them"
            ),
            ("[\"a\", \"b\"]", "found 2 values; expected 3 (a, b, label)"),
        ])
    func refusals(row: String, message expected: String) throws {
        let found = try message((Self.first + row).utf8, "pairs.jsonl")
        #expect(found == "pairs.jsonl, line 3: \(expected)")
        // The first row is not above suspicion either.
        if row.contains("null") || row.contains("\\n") || row.contains("NaN") {
            #expect(try message(row.utf8, "pairs.jsonl") == "pairs.jsonl, line 1: \(expected)")
        }
    }

    @Test(
        "Refusals of other formats",
        arguments: [
            ("a.csv", "a,label\nx,1\n\"y\n\",2\nz,\n", "a.csv, line 5: \"label\" is \"\"; expected a number"),
            ("a.csv", "a,score\nx,0x1p3\n", "a.csv, line 2: \"score\" is \"0x1p3\"; expected a number"),
            ("a.csv", "a,score\nx,nan\n", "a.csv, line 2: \"score\" is nan, which is no finite number"),
            ("a.csv", "a,b\nx,y\nz\n", "a.csv, line 3: found 1 fields; expected 2, as in the header (a, b)"),
            ("a.csv", "a,b\nx,\n", "a.csv, line 2: \"b\" is empty"),
            ("a.json", "[{\"a\": \"x\"},\n{\"a\": []}]", "a.json, line 2: \"a\" is an empty list"),
            ("a.txt", "x\n\ny\n", "a.txt, line 2: \"text\" is empty"),
            ("a.jsonl", "{\"label\": \"x\"}", "a.jsonl, line 1: \"label\" is a text (\"x\"); expected a number"),
            (
                "a.jsonl", "{\"a\": [\"x\", \"y\"]}\n{\"a\": [\"x\"]}",
                "a.jsonl, line 2: \"a\" is a list of 1 text (\"x\"); expected a list of 2 texts, as in the first row"
            ),
            (
                "a.jsonl", "{\"a\": [\"x\", 1]}",
                "a.jsonl, line 1: \"a\" is a list of texts that also holds 1; expected texts alone"
            ),
            (
                "a.jsonl", "{\"labels\": [1, \"x\"]}",
                "a.jsonl, line 1: \"labels\" is a list of numbers that also holds \"x\"; expected numbers alone"
            ),
            (
                "a.jsonl", "7",
                "a.jsonl, line 1: is no row; expected an object, or an array of texts and perhaps a number after them"
            ),
            ("a.jsonl", "\n", "a.jsonl: there is no row"), ("a.jsonl", "{}", "a.jsonl, line 1: there is no column"),
        ])
    func otherRefusals(name: String, content: String, expected: String) throws {
        #expect(try message(content.utf8, name) == expected)
        let packed = try message(Gzip.member(content.utf8), name + ".gz")
        #expect(packed == expected.replacing(name, with: name + ".gz"))
    }

    @Test("Rows in memory are checked in the same way")
    func memory() throws {
        #expect(try TrainingData(pairs: [("a", "b")]).columnNames == ["anchor", "positive"])
        #expect(try TrainingData(triplets: [("a", "b", "c")]).row(0) == [.text("a"), .text("b"), .text("c")])
        let scored = try TrainingData(pairs: [("a", "b")], scores: [0.5])
        #expect(try scored.row(0) == [.text("a"), .text("b"), .number(0.5)] && scored.byteCount(of: 0) == 2)
        func refused(_ message: String, _ body: () throws -> TrainingData) {
            let error = #expect(throws: TrainingError.self) { try body() }
            #expect(error?.description == message)
        }
        refused("the data, row 2: \"positive\" is empty") { try TrainingData(pairs: [("a", "b"), ("c", "")]) }
        refused("the data: there is no row") { try TrainingData(pairs: []) }
        refused("found 2 scores for 1 pairs; expected one for each") {
            try TrainingData(pairs: [("a", "b")], scores: [1, 2])
        }
        refused("x, row 1: two columns are called \"a\"") {
            try TrainingData(name: "x", columns: ["a", "a"], rows: [[.text("b"), .text("c")]])
        }
        refused("x, row 2: found 1 values; expected one for each column (a, b)") {
            try TrainingData(name: "x", columns: ["a", "b"], rows: [[.text("b"), .text("c")], [.text("b")]])
        }
        refused("x, row 2: \"score\" is nan, which is no finite number") {
            try TrainingData(name: "x", columns: ["score"], rows: [[.number(1)], [.number(.nan)]])
        }
        refused("the data has no row 1; expected 0 to 0") {
            _ = try scored.row(1)
            return scored
        }
    }
}
