// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceData
import SentenceTestSupport
import Testing

@Suite("Rows of data")
struct DataReaderTests {
    @Test(
        "The ending of a name tells the format",
        arguments: [
            ("a.txt", "[\"a\",\"b\"]", ["[\"a\",\"b\"]"]), ("a", "x\n\ny", ["x", "", "y"]),
            ("a.jsonl", "[\"a\",\"b\"]\n\n \"c\" ", ["[\"a\",\"b\"]", "\"c\""]),
            ("a.NDJSON", "{\"a\": 1}\r\n", ["{\"a\": 1}"]),
            ("a.json", "[\"a\",\"b\"]", ["\"a\"", "\"b\""]),
            ("a.json", "\n[\n\"a\"\n,{\"b\":\n[1,2]}]\n", ["\"a\"", "{\"b\": [1,2]}"]),
            ("a.json", "[]", []), ("a.json", "[ [\"a\",\"b\"] , [\"c\",\"]\"]]", ["[\"a\",\"b\"]", "[\"c\",\"]\"]"]),
            ("a.json", "[\"a\",\"b\"]\n[\"c\",\"d\"]\n", ["[\"a\",\"b\"]", "[\"c\",\"d\"]"]),
            ("a.json", "{\"a\":1}\n{\"a\":2}", ["{\"a\":1}", "{\"a\":2}"]),
            ("a.csv", "a,b\n1,2\n", ["1|2"]), ("a.tsv", "a\tb\n1,2\t\"3\t4\"\n", ["1,2|3\t4"]), ("a.json", "", nil),
        ])
    func endings(name: String, content: String, rows: [String]?) throws {
        guard let rows else {
            #expect(try readingError(content.utf8, name) != nil)
            return
        }
        #expect(try readRows(content.utf8, name) == rows)
        #expect(try readRows(Gzip.member(content.utf8), name + ".gz") == rows)
        // gzip is known by its first bytes, whatever the name.
        #expect(try readRows(Gzip.member(content.utf8), name) == rows)
        #expect(try readRows([0xEF, 0xBB, 0xBF] + content.utf8, name) == rows)
    }

    @Test("A format that is given wins over the name")
    func givenFormat() throws {
        #expect(try readRows("a,b\n1,2\n".utf8, "a.txt", .csv) == ["1|2"])
        #expect(try readRows("{\"a\":1}\n".utf8, "a.jsonl", .lines) == ["{\"a\":1}"])
        #expect(try readRows("[\"a\"]".utf8, "a", .json) == ["\"a\""])
    }

    @Test("Files are read in turn, however large, and pieces do not show")
    func pieces() throws {
        let folder = try TemporaryFolder()
        let long = String(repeating: "wörd ", count: 60_000)
        let texts = (0..<5000).map { "\($0) é\u{2028}" } + [long] + (0..<5000).map { "\($0)\"" }
        let lines = texts.joined(separator: "\n") + "\n"
        let first = try folder.write(Gzip.member(lines.utf8), to: "a.txt").path
        let second = try folder.write(lines, to: "b").path
        #expect(try readRows([first, second]).rows == texts + texts)
        let quoted = texts.map { "\"\($0.replacing("\"", with: "\"\"")),\n\",x" }
        #expect(
            try readRows(("a,b\r\n" + quoted.joined(separator: "\r\n")).utf8, "a.csv") == texts.map { "\($0),\n|x" })
        let json = try String(decoding: JSONEncoder().encode(texts), as: UTF8.self)
        let rows = try readRows(json.utf8, "a.json")
        #expect(rows.count == texts.count)
        #expect(try JSONDecoder().decode([String].self, from: Data("[\(rows.joined(separator: ","))]".utf8)) == texts)
    }

    @Test(
        "What cannot be read is named with its line",
        arguments: [
            (
                "a.csv", "a,b\n1,2\n\n\"3\n\",4\n5\n",
                "a.csv, line 6: found 1 fields; expected 2, as in the header (a, b)"
            ),
            ("a.csv", "a,b\n1,\"2\n", "a.csv, line 2: a quote opens here and is never closed"),
            (
                "a.csv", "a\n\"1\"2\n",
                "a.csv, line 2: something stands after a closing quote; double the quotes that belong to a field"
            ),
            ("a.csv", "", "a.csv is empty; expected a line with the names of the columns"),
            ("a.csv", "a,a\n", "a.csv: the header names the column \"a\" twice"),
            ("a.json", "[\"a\",\n\"b\"", "a.json: the JSON array does not end; the file may be incomplete"),
            (
                "a.json", "[\"a\"]\nx",
                "a.json, line 2: something stands after the JSON array; for one JSON value a line, name the format jsonl"
            ),
            (
                "a.json", "[\"a\",\n]",
                "a.json, line 2: not valid JSON: expected a value, found the end of the text; the file may be incomplete"
            ),
            (
                "a.json", "{\n\"a\": 1}",
                "a.json, line 1: not valid JSON: expected a key, found the end of the text; the file may be incomplete; a .json file holds one array of texts, or one JSON value a line"
            ),
            ("a.jsonl", "\"a\"\nb\n", "a.jsonl, line 2: not valid JSON: expected a value at byte 0"),
        ])
    func errors(name: String, content: String, message: String) throws {
        #expect(try readingError(content.utf8, name) == message)
    }

    @Test("Text that is not UTF-8 is named with its line", arguments: ["a.txt", "a.jsonl", "a.csv"])
    func invalidUTF8(name: String) throws {
        let message = try readingError([UInt8]("\"a\"\n\"".utf8) + [0xE9, 0x22, 0x0A], name)
        #expect(message?.contains("\(name), line 2: ") == true && message?.contains("the text is not UTF-8") == true)
        let wide = try readingError([0xFF, 0xFE, 0x61, 0], name)
        #expect(wide?.hasPrefix("\(name) is UTF-16, as its byte order mark says") == true)
    }

    @Test("Warnings tell of lines of JSON that are taken as texts, and of empty lines")
    func warnings() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("\n{\"text\": \"a\"}\n", to: "a.txt").path
        let warnings = try readRows([path]).warnings
        #expect(warnings.count == 2 && warnings[0].contains("name the format jsonl or json, or lines"))
        #expect(warnings[1] == "\(path): 1 line is empty, and counts as an empty text")
        #expect(try readRows([path], .lines).warnings.count == 1)
        let table = try folder.write("a\n1\n\n\n2\n", to: "a.csv").path
        #expect(try readRows([table]).warnings == ["\(table): passed over 2 empty lines"])
    }

    @Test("Columns and keys are equal by their bytes")
    func canonicalEquivalence() throws {
        #expect(try readRows("\u{E9},e\u{301}\n1,2\n".utf8, "a.csv") == ["1|2"])
        let text = "{\"e\\u0301\": 2, \"\u{E9}\": [1, \"}\"], \"b\": {\"\u{E9}\": 3}}"
        let json = try JSONText(Array(text.utf8)[...], place: "")
        #expect(try json.member("\u{E9}")?.bytes == Array("[1, \"}\"]".utf8))
        #expect(try json.member("e\u{301}")?.bytes == [0x32])
        #expect(try json.member("c") == nil)
    }
}
