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
            "a": [1, 0, 2.5, 1000, -0.015, true, false, nil, [:], []],
            "b": "\"\\/\u{8}\u{C}\n\r\tä😀ü😀",
        ]
        #expect(try JSONValue(parsing: text) == expected)
    }

    @Test(arguments: [
        "", "{", "[1,\n 2", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{a:1}", "1 2", "tru", "nul]", "01", "+1", "-", "1.",
        ".5",
        "1e", "1e999", "[NaN]", "[Infinity]", "[-Infinity]", "\"abc", "\"a\\", "\"a\\x\"", "\"a\nb\"", #""\u12g4""#,
        #""\ud83d""#, #""\ud83dx""#, #""\ud83d\u0041""#, #""\ude00""#, "]", "[}", "{]",
    ])
    func brokenDocumentsAreRefused(_ text: String) {
        #expect(
            errorText { try JSONValue(parsing: text, file: "x.json") }
                == "x.json: not valid JSON: JSONDecoder cannot read it; the file may be incomplete")
    }

    @Test(arguments: [
        ("[1,]", "a comma stands before a closing bracket"),
        ("{\"a\":1 ,\n}", "a comma stands before a closing bracket"),
        ("\u{FEFF}{}", "a byte order mark is not allowed"),
        ("[\u{0}1\u{0}]\u{0}", "a NUL character is not allowed"),
        (#"{"a": 1, "a": 2}"#, "a key stands twice in one object"),
        (#"[{"b": {"a": 1, "\u0061": 2}}]"#, "a key stands twice in one object"),
        ("{\"é\":1,\"e\u{301}\":2}", "a key stands twice in one object"),
    ])
    func whatTheDecoderWouldLetPassIsRefused(_ text: String, _ message: String) {
        #expect(errorText { try JSONValue(parsing: text, file: "x.json") } == "x.json: not valid JSON: \(message)")
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        let bytes: [UInt8] = [0x22, 0x61, 0xFF, 0x22]
        let text = errorText { try bytes.withUnsafeBytes { try JSONValue(parsing: $0) } }
        #expect(text == "not valid JSON: the text is not UTF-8")
    }

    @Test func bracketsAndColonsInsideStringsDoNotCount() throws {
        let text = String(repeating: "[", count: 200) + #":,]\"{\\"#
        #expect(try JSONValue(parsing: "{\"\(text)\": 1}").asObject?.count == 1)
    }

    @Test func deepNestingIsRefusedAndNotFollowed() {
        for bracket in ["[", "{\"a\":"] {
            for count in [129, 513, 100_000] {
                let text = String(repeating: bracket, count: count)
                #expect(errorText { try JSONValue(parsing: text) } == "not valid JSON: nested more than 128 deep")
            }
        }
        let allowed = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        #expect(throws: Never.self) { try JSONValue(parsing: allowed) }
    }

    @Test func integersBeyond64BitsBecomeNumbers() throws {
        #expect(try JSONValue(parsing: "9223372036854775807") == .int(.max))
        #expect(try JSONValue(parsing: "9223372036854775808") == .double(9223372036854775808))
        #expect(try JSONValue(parsing: "1000000000000000019884624838656") == .double(1e30))
    }

    @Test func wholeNumbersBecomeIntegersHoweverTheyAreWritten() throws {
        #expect(try JSONValue(parsing: "[3.0, 1e3, -0.0, 2.5]") == [3, 1000, 0, 2.5])
    }

    @Test func ofAKeyThatStandsTwiceTheFirstMayCount() throws {
        #expect(try JSONValue(parsing: #"{"a": 1, "a": 2}"#, duplicateKeys: .firstWins) == ["a": 1])
    }
}
