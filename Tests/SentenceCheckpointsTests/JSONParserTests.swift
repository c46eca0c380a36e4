// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceTestSupport
import Testing

@Suite struct JSONParserTests {
    @Test func everyKindOfValueIsRead() throws {
        let text = #"""
            { "a" : [1, -0, 2.5, 1e3, -1.5E-2, true, false, null, {}, []],
              "b":"\"\\\/\b\f\n\r\t\u00e4\uD83D\uDE00ü😀" }
            """#
        let expected: JSONValue = [
            "a": [1, 0, 2.5, 1000.0, -0.015, true, false, nil, [:], []],
            "b": "\"\\/\u{8}\u{C}\n\r\tä😀ü😀",
        ]
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(arguments: [
        ("", "line 1, column 1: the document ends where a value is expected"),
        ("{", "line 1, column 2: expected a key in quotes"),
        ("[1,\n 2", #"line 2, column 3: expected "," or "]""#),
        ("[1,]", "line 1, column 4: expected a value"),
        ("{\"a\":1,}", "line 1, column 8: expected a key in quotes"),
        ("{\"a\" 1}", "line 1, column 6: expected \":\""),
        ("{\"a\":1 \"b\":2}", #"line 1, column 8: expected "," or "}""#),
        ("{a:1}", "line 1, column 2: expected a key in quotes"),
        ("1 2", "line 1, column 3: expected the end of the document"),
        ("tru", "line 1, column 1: expected a value"),
        ("nul]", "line 1, column 1: expected a value"),
        ("01", "line 1, column 2: expected the end of the document"),
        ("+1", "line 1, column 1: expected a value"),
        ("-", "line 1, column 2: expected a digit"),
        ("1.", "line 1, column 3: expected a digit"),
        (".5", "line 1, column 1: expected a value"),
        ("1e", "line 1, column 3: expected a digit"),
        ("1e999", "line 1, column 1: the number 1e999 is too large"),
        ("[NaN]", "line 1, column 2: NaN is not JSON; write a number or null"),
        ("[Infinity]", "line 1, column 2: Infinity is not JSON; write a number or null"),
        ("[-Infinity]", "line 1, column 2: -Infinity is not JSON; write a number or null"),
        ("\"abc", "line 1, column 1: the string that begins here does not end"),
        ("\"a\\", "line 1, column 4: the document ends inside an escape"),
        ("\"a\\x\"", "line 1, column 4: unknown escape"),
        ("\"a\nb\"", "line 1, column 3: a control character must be escaped"),
        (#""\u12g4""#, "line 1, column 6: expected four hexadecimal digits"),
        (#""\ud83d""#, "line 1, column 4: half of a surrogate pair"),
        (#""\ud83dx""#, "line 1, column 4: half of a surrogate pair"),
        (#""\ud83d\u0041""#, "line 1, column 4: half of a surrogate pair"),
        (#""\ude00""#, "line 1, column 4: half of a surrogate pair"),
        ("\u{FEFF}{}", "line 1, column 1: a byte order mark is not allowed"),
        (
            "{\"é\":1,\"e\u{301}\":2}",
            "line 1, column 9: two keys spelled \"e\u{301}\" differ only in Unicode normalization"
        ),
    ])
    func brokenDocumentsAreRefusedWithLineAndColumn(_ text: String, _ message: String) {
        #expect(errorText { try JSONValue(parsing: text, file: "x.json") } == "x.json: not valid JSON: \(message)")
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        let bytes: [UInt8] = [0x22, 0x61, 0xFF, 0x22]
        let text = errorText { try bytes.withUnsafeBytes { try JSONValue(parsing: $0) } }
        #expect(text == "not valid JSON: line 1, column 1: the string that begins here is not UTF-8")
    }

    @Test func deepNestingIsRefusedAndNotFollowed() {
        for bracket in ["[", "{\"a\":"] {
            let text = String(repeating: bracket, count: 100_000)
            #expect(errorText { try JSONValue(parsing: text) }.hasSuffix("nested more than 128 deep"))
        }
        let allowed = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        #expect(throws: Never.self) { try JSONValue(parsing: allowed) }
    }

    @Test func integersBeyond64BitsBecomeNumbers() throws {
        #expect(try JSONValue(parsing: "9223372036854775807") == .int(.max))
        #expect(try JSONValue(parsing: "9223372036854775808") == .double(9223372036854775808))
        #expect(try JSONValue(parsing: "1000000000000000019884624838656") == .double(1e30))
    }

    @Test func aKeyThatStandsTwiceIsRefusedOrTheLastCounts() throws {
        let text = #"{"a": 1, "a": 2}"#
        #expect(try JSONValue(parsing: text) == ["a": 2])
        let message = errorText { try JSONValue(parsing: text, duplicateKeys: .refused) }
        #expect(message == #"not valid JSON: line 1, column 10: the key "a" stands twice"#)
    }
}
