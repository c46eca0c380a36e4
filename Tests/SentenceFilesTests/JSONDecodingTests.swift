// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import Testing

@Suite struct JSONDecodingTests {
    private struct Sample: Decodable, Equatable {
        struct Inner: Decodable, Equatable { var text: String }

        var number: Int32
        var fraction: Double
        var isOn: Bool
        var missing: String?
        var null: Int?
        var list: [UInt8]
        var inner: Inner
        var map: [ExactString: Int]
    }

    private func decode<Value: Decodable>(_ text: String, _ type: Value.Type = Value.self) throws -> Value {
        try JSONValue(parsing: text).decode(type)
    }

    @Test func allKindsOfValuesAreDecoded() throws {
        let text = """
            {"number": 3.0, "fraction": 2, "isOn": 1, "null": null, "list": [0, 255], "inner": {"text": "ä"},
             "map": {"é": 1, "e\u{301}": 2}, "unread": NaN, "unread too": 1e999}
            """
        let map: [ExactString: Int] = ["é": 1, "e\u{301}": 2]
        #expect(
            try decode(text, Sample.self)
                == Sample(number: 3, fraction: 2, isOn: true, list: [0, 255], inner: .init(text: "ä"), map: map))
    }

    @Test(arguments: ["{}", "[-1]", "[256]", "[1.5]", "[null]", "[\"1\"]", "[[1]]", "[NaN]"])
    func whatDoesNotFitIsAnError(_ text: String) {
        #expect(throws: DecodingError.self) { try decode(text, [UInt8].self) }
    }

    @Test func anErrorKnowsItsPlace() {
        let error = #expect(throws: DecodingError.self) {
            try decode(#"{"a": [{"text": 1}]}"#, [String: [Sample.Inner]].self)
        }
        guard case .typeMismatch(_, let context)? = error else { return }
        #expect(context.codingPath.map(\.stringValue) == ["a", "0", "text"])
        #expect(context.debugDescription == "expected a string, found 1")
    }

    @Test func aNumberThatDoesNotFitIsToldItsRange() {
        let error = #expect(throws: DecodingError.self) { try decode("[256]", [UInt8].self) }
        guard case .dataCorrupted(let context)? = error else { return }
        #expect(context.debugDescription == "256 is out of range; expected 0 to 255")
    }
}
