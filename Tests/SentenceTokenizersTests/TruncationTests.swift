// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTokenizers
import Testing

@Suite struct TruncationTests {
    private let tokenizer: Tokenizer

    init() throws {
        tokenizer = try Tokenizer(directory: Fixtures.folder("uncased"))
    }

    @Test("A length that special tokens fill leaves only them", arguments: [(2, nil), (3, "b")] as [(Int, String?)])
    func nothingLeft(length: Int, pair: String?) throws {
        let encoding = try tokenizer.encode("a a a", pair: pair, truncation: Truncation(maxLength: length))
        #expect(encoding.tokens == (pair == nil ? ["[CLS]", "[SEP]"] : ["[CLS]", "[SEP]", "[SEP]"]))
    }

    @Test("A length below the special tokens is an error")
    func tooShort() throws {
        let error = try #require(throws: TokenizerError.self) {
            try tokenizer.encode("a", truncation: Truncation(maxLength: 1))
        }
        #expect(error.code == .impossibleTruncation)
        #expect(
            error.description == """
                cannot cut a text to a length of 1: its special tokens alone are 2; allow at least that many
                """)
        let negative = try #require(throws: TokenizerError.self) {
            try tokenizer.encode("a", addSpecialTokens: false, truncation: Truncation(maxLength: -1))
        }
        #expect(
            negative.description == "cannot cut a text to a length of -1: its special tokens alone are 0; "
                + "allow at least that many")
    }

    @Test("Without special tokens nothing may be left")
    func zero() throws {
        let encoding = try tokenizer.encode(
            "a a", pair: "b", addSpecialTokens: false, truncation: Truncation(maxLength: 0))
        #expect(encoding.ids.isEmpty)
        #expect(encoding.untruncatedCount == 3)
    }

    @Test("Cutting only one text of a pair needs enough of it")
    func oneText() throws {
        let first = try #require(throws: TokenizerError.self) {
            try tokenizer.encode("a", pair: "b b b", truncation: Truncation(maxLength: 5, strategy: .onlyFirst))
        }
        #expect(
            first.description == """
                cannot cut the pair to a length of 5: 2 tokens are too many and the first text has 1, of which one \
                must stay; use longestFirst
                """)
        let second = try #require(throws: TokenizerError.self) {
            try tokenizer.encode("a a a", truncation: Truncation(maxLength: 3, strategy: .onlySecond))
        }
        #expect(
            second.description == """
                cannot cut the second text to a length of 3: there is none; use longestFirst
                """)
    }
}
