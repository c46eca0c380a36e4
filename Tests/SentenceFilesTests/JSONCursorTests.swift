// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTestSupport
import Testing

@Suite struct JSONCursorTests {
    /// What `read` makes of a text, and how many bytes it leaves.
    private func reading<Result>(
        _ text: String, _ read: (inout JSONCursor) throws -> Result
    ) rethrows -> (result: Result, rest: Int) {
        var text = text
        return try text.withUTF8 { bytes in
            var cursor = JSONCursor(bytes)
            let result = try read(&cursor)
            return (result, bytes.count - cursor.position)
        }
    }

    @Test func stringsAreAppendedUnescaped() throws {
        var bytes = Array("é".utf8)
        let (isComplete, rest) = try reading(#" "a\n\u00e4\uD83D\uDE00\/ü" ,"#) { try $0.string(into: &bytes) }
        #expect(isComplete && rest == 2 && bytes.elementsEqual("éa\nä😀/ü".utf8))
    }

    private static let early = "found the end of the text; the file may be incomplete"

    @Test(arguments: [
        ("1", #"expected """ at byte 0"#), (#""a"#, "expected the end of a string, \(early)"),
        ("\"a\u{1}\"", "expected the end of a string at byte 2"), (#""\x""#, "expected an escape at byte 2"),
        (#""\u12_4""#, "expected a hexadecimal digit at byte 5"),
        (#""\ud800""#, "expected the second half of a surrogate pair at byte 7"),
        (#""\ud800\ud800""#, "expected the second half of a surrogate pair at byte 7"),
        (#""\udc00a""#, "expected no lone surrogate before this at byte 7"),
    ])
    func brokenStringsAreRefused(_ text: String, _ message: String) {
        #expect(
            errorText {
                try reading(text) { cursor in
                    var bytes: [UInt8] = []
                    try cursor.string(into: &bytes)
                }
            } == message)
    }

    @Test func halvesOfPairsAreSkippedWhereTheyAreAllowed() throws {
        for text in [#""a\ud800b""#, #""a\udc00b""#, #""a\ud800\ud800b""#] {
            var bytes: [UInt8] = []
            let (isComplete, rest) = try reading(text) { try $0.string(into: &bytes, allowsHalves: true) }
            #expect(!isComplete && rest == 0 && bytes == Array("ab".utf8))
            let (string, end) = try reading(text) { try $0.string() }
            #expect(string == nil && end == 0)
        }
    }

    @Test(arguments: [("[]", 0), (" [ ] ", 0), ("[1]", 1), ("[1 , 2,3 ]", 3)])
    func listsAreReadOneElementAtATime(_ text: String, _ count: Int) throws {
        let (digits, _) = try reading(text) { cursor in
            var digits: [UInt8] = []
            var list = JSONList.array
            while try cursor.next(in: &list) {
                cursor.skipSpace()
                if let digit = cursor.digit() { digits.append(digit) }
            }
            return digits
        }
        #expect(digits == (1...3).prefix(count).map { $0 })
    }

    @Test(arguments: [
        ("{}", #"expected "[" at byte 0"#), ("[1;", #"expected "," or "]" at byte 2"#),
        ("[1", "expected \",\" or \"]\", \(early)"),
    ])
    func brokenListsAreRefused(_ text: String, _ message: String) {
        #expect(
            errorText {
                try reading(text) { cursor in
                    var list = JSONList.array
                    while try cursor.next(in: &list) { _ = cursor.digit() }
                }
            } == message)
    }

    @Test func wordsAreTakenWhole() {
        let results = ["true", "true,", "tru", ""].map { text in reading(text) { $0.takes(word: "true") } }
        #expect(results.map(\.result) == [true, true, false, false])
        #expect(results.map(\.rest) == [0, 1, 3, 0])
    }
}
