// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTestSupport
import Testing

@Suite struct JSONParserTests {
    @Test func everyKindOfValueIsRead() throws {
        let text = #"""
            { "a" : [1, -0, 2.5, 1e3, -1.5E-2, true, false, null, {}, []],
              "b":"\"\\\/\b\f\n\r\t\u00e4\uD83D\uDE00ü😀" }
            """#
        let expected: JSONValue = [
            "a": [1, 0, 2.5, .double(1000), -0.015, true, false, nil, [:], []],
            "b": "\"\\/\u{8}\u{C}\n\r\tä😀ü😀",
        ]
        #expect(try JSONValue(parsing: text) == expected)
    }

    private static let early = "found the end of the text; the file may be incomplete"

    @Test(arguments: [
        ("", "expected a value, \(early)"), ("{", "expected a key, \(early)"),
        ("[1,\n 2", "expected \",\" or \"]\", \(early)"), ("{\"a\":1", "expected \",\" or \"}\", \(early)"),
        ("{\"a\" 1}", "expected \":\" at byte 5"), ("{\"a\":1 \"b\":2}", "expected \",\" or \"}\" at byte 7"),
        ("{a:1}", "expected a key at byte 1"), ("1 2", "expected the end of the text at byte 2"),
        ("tru", "expected a value at byte 0"), ("nul]", "expected a value at byte 0"),
        ("01", "expected the end of the text at byte 1"), ("+1", "expected a value at byte 0"),
        ("-", "expected a digit, \(early)"), ("1.", "expected a digit, \(early)"), (".5", "expected a value at byte 0"),
        ("1e", "expected a digit, \(early)"), ("1e+ ", "expected a digit at byte 3"),
        ("[nan]", "expected a value at byte 1"), ("[-NaN]", "expected a digit at byte 2"),
        ("\"abc", "expected the end of a string, \(early)"),
        ("\"a\\", "expected an escape, \(early)"), ("\"a\\x\"", "expected an escape at byte 3"),
        ("\"a\nb\"", "expected the end of a string at byte 2"),
        (#""\u12g4""#, "expected a hexadecimal digit at byte 5"),
        (#""\ud83d\u004""#, "expected a hexadecimal digit at byte 12"),
        (#""\ud83d\x""#, "expected an escape at byte 8"),
        (#"{"\ud83d": 1}"#, "half of a surrogate pair stands in the key before byte 9"),
        ("]", "expected a value at byte 0"), ("[}", "expected a value at byte 1"), ("{]", "expected a key at byte 1"),
        ("[1,]", "expected a value at byte 3"), ("{\"a\":1 ,\n}", "expected a key at byte 9"),
        ("[\u{0}1]", "expected a value at byte 1"),
    ])
    func brokenDocumentsAreRefused(_ text: String, _ message: String) {
        #expect(errorText { try JSONValue(parsing: text, file: "x.json") } == "x.json: not valid JSON: \(message)")
    }

    /// Python reads and writes them; only who reads one as a text fails.
    @Test(arguments: [
        #"\ud83d"#, #"\ud83dx"#, #"\ud83d\n"#, #"\ud83d\u0041"#, #"\ude00"#, #"é\ud83d\ud83d\ude00"#,
        #"\ude00\ud83d\""#,
    ])
    func halvesOfPairsAreKeptAsTheyAreSpelled(_ spelling: String) throws {
        let value = try JSONValue(parsing: "[\"\(spelling)\",1]")
        #expect(value == .array([.brokenString(spelling), 1]) && value.asArray?[0].asString == nil)
        #expect(try value.serialized(.compact) == "[\"\(spelling)\",1]")
        let ascii = try value.serialized(.compact, asciiOnly: true)
        #expect(ascii.utf8.allSatisfy { $0 < 0x80 } && ascii.hasSuffix("\",1]"))
        #expect(
            errorText { try value.decode([String].self) }.contains("found a string with half of a surrogate pair"))
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

    @Test func numbersStayOfTheKindThatTheyAreWrittenAs() throws {
        let value = try JSONValue(parsing: "[3,3.0,1e3,2.5,-1]")
        #expect(value == [3, .double(3), .double(1000), 2.5, -1])
        #expect(try value.serialized(.compact) == "[3,3.0,1000.0,2.5,-1]")
        #expect(value.asArray?.map(\.asInt) == [3, 3, 1000, nil, -1])
    }

    @Test func ofAKeyThatStandsTwiceTheLastCountsUnlessItIsRefused() throws {
        #expect(try JSONValue(parsing: #"{"a": 1, "\u0061": 2}"#) == ["a": 2])
        for text in [#"{"a": 1, "a": 2}"#, #"[{"b": {"a": 1, "\u0061": 2}}]"#] {
            #expect(
                errorText { try JSONValue(parsing: text, duplicateKeys: .refused) }
                    == #"not valid JSON: the key "a" stands twice in one object"#)
        }
    }

    @Test func keysThatAreCanonicallyEquivalentAreTwo() throws {
        for text in ["{\"é\":1,\"e\u{301}\":2}", "{\"K\":1,\"\u{212A}\":2}"] {
            let members = try #require(try JSONValue(parsing: text, duplicateKeys: .refused).asObject)
            #expect(members.count == 2 && Set(members.values) == [1, 2])
        }
    }

    @Test func whatPythonWritesIsRead() throws {
        let value = try #require(try JSONValue(parsing: "[NaN, Infinity, -Infinity, 1e999, -1e999]").asArray)
        #expect(value[0].asDouble?.isNaN == true)
        #expect(value[1...].map(\.asDouble) == [.infinity, -.infinity, .infinity, -.infinity])
        #expect(value.allSatisfy { $0.asInt == nil })
    }

    @Test(arguments: [
        ("\u{FEFF}{}", "the file begins with a byte order mark (BOM); save it as UTF-8 without BOM"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1234\n",
            "the file is a Git LFS pointer, not the file itself; fetch it with \"git lfs pull\", or download the model anew"
        ),
        (
            "<!doctype html><title>Sign in</title>",
            "the file is a web page, not what it is named after; download it anew"
        ),
    ])
    func misplacedContentIsNamed(_ text: String, _ message: String) {
        #expect(errorText { try JSONValue(parsing: text, file: "x.json") } == "x.json: \(message)")
    }

    @Test func switchesMayBeNumbers() throws {
        let value = try #require(try JSONValue(parsing: "[true, false, 1, 0, 1.0, 0.0, 2, null, \"true\"]").asArray)
        #expect(value.map(\.asSwitch) == [true, false, true, false, true, false, nil, nil, nil])
    }
}
