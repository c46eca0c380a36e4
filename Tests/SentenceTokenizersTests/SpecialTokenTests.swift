// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTokenizers
import Testing

/// What files say of added and special tokens in unusual ways; all ids are those of the reference.
@Suite struct SpecialTokenTests {
    /// A tokenizer of words with the given further parts.
    private func tokenizer(_ parts: String, _ configuration: String = "") throws -> Tokenizer {
        let folder = try TemporaryFolder()
        let model = #""model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"a":1,"b":2}}"#
        try folder.write(#"{"pre_tokenizer":{"type":"Whitespace"},\#(parts),\#(model)}"#, to: "tokenizer.json")
        try folder.write(
            #"{\#(configuration)"tokenizer_class":"PreTrainedTokenizerFast"}"#, to: "tokenizer_config.json")
        return try Tokenizer(directory: folder.url)
    }

    /// An entry of the list of added tokens for "z".
    private static func entry(_ id: Int, isSingleWord: Bool) -> String {
        "{\"id\":\(id),\"content\":\"z\",\"single_word\":\(isSingleWord),\"lstrip\":false,\"rstrip\":false,"
            + "\"normalized\":false,\"special\":false}"
    }

    private static let doubles: [(tokens: [String], ids: [Int32])] = [
        ([entry(3, isSingleWord: true), entry(4, isSingleWord: false)], [0, 1, 3, 2, 0, 1, 3, 2, 0]),
        ([entry(3, isSingleWord: false), entry(4, isSingleWord: true)], [0, 0, 0, 1, 3, 2, 0]),
        ([entry(9, isSingleWord: true), entry(4, isSingleWord: false)], [0, 0, 0, 1, 3, 2, 0]),
    ]

    @Test("Of a token that is listed twice the flags with the last id count", arguments: doubles)
    func listedTwice(tokens: [String], ids: [Int32]) throws {
        let tokenizer = try tokenizer("\"added_tokens\":[\(tokens.joined(separator: ","))]")
        #expect(try tokenizer.encode("ab azb ab a z b y").ids == ids)
        #expect(tokenizer.id(of: "z") == 3)
    }

    private static let paddings: [(token: String, configuration: String, id: Int32?, ids: [Int32])] = [
        ("x", "", 3, [1, 3, 1, 3, 2, 0]), ("b", "", 2, [1, 0, 0, 2, 0]),
        ("x", #""pad_token":null,"#, nil, [1, 0, 0, 0]), ("x", #""pad_token":"a","#, 1, [1, 0, 1, 0, 0]),
    ]

    @Test("What fills texts up is a token, unless the configuration names one or none", arguments: paddings)
    func padding(token: String, configuration: String, id: Int32?, ids: [Int32]) throws {
        let padding =
            "\"padding\":{\"strategy\":\"BatchLongest\",\"direction\":\"Left\",\"pad_to_multiple_of\":null,"
            + "\"pad_id\":0,\"pad_type_id\":0,\"pad_token\":\"\(token)\"}"
        let tokenizer = try tokenizer(padding, configuration)
        #expect(try tokenizer.encode("a x axb q").ids == ids)
        #expect(tokenizer.specialTokenIDs.pad == id)
    }

    private static let flagged = """
        {"content":"<x>","lstrip":true,"rstrip":true,"single_word":false,"normalized":false,"special":true}
        """

    private static let flaggedTokens: [(configuration: String, ids: [Int32])] = [
        ("\"bos_token\":\(flagged)", [0, 2, 4, 2, 1, 3]),
        ("\"added_tokens_decoder\":{\"4\":\(flagged)}", [0, 4, 1, 3]),
    ]

    @Test("Qwen's class takes no flags of its special tokens, but those of other added ones", arguments: flaggedTokens)
    func qwen(configuration: String, ids: [Int32]) throws {
        let folder = try TemporaryFolder()
        let model =
            #""model":{"type":"BPE","vocab":{"a":0,"b":1,"\#u{120}":2,"<|endoftext|>":3},"merges":[]}"#
        try folder.write("{\"added_tokens\":[],\(model)}", to: "tokenizer.json")
        try folder.write("{\"tokenizer_class\":\"Qwen2Tokenizer\",\(configuration)}", to: "tokenizer_config.json")
        #expect(try Tokenizer(directory: folder.url).encode("a <x> b<|endoftext|>").ids == ids)
    }

    private static let nulls: [(kind: String, key: String, text: String, ids: [Int32])] = [
        ("bigbird", "unk_token", "The [MASK]", [2, 12, 100, 299, 140, 4, 3]),
        ("bigbird", "mask_token", "The [MASK]", [2, 12, 1, 299, 140, 12, 4, 3]),
        ("camembert", "unk_token", "The", [5, 12, 0, 299, 140, 6]),
        ("debertav2", "unk_token", "The", [2, 12, 1, 299, 140, 3]),
        ("albert", "mask_token", "The [MASK]", [2, 137, 12, 1, 293, 302, 90, 286, 1, 3]),
        ("xlnet", "mask_token", "The <mask>", [12, 0, 299, 140, 12, 9, 7, 8]),
    ]

    /// The files of a kind, with null for a special token.
    private func tokenizer(kind: String, null key: String) throws -> Tokenizer {
        let folder = try TemporaryFolder()
        let source = Fixtures.kinds.appendingPathComponent(kind)
        let file = try String(contentsOf: source.appendingPathComponent("tokenizer.json"), encoding: .utf8)
        try folder.write(file, to: "tokenizer.json")
        let configuration = try String(
            contentsOf: source.appendingPathComponent("tokenizer_config.json"), encoding: .utf8)
        let start = try #require(configuration.firstIndex(of: "{"))
        let members = configuration[start...].dropFirst()
        try folder.write("{\"\(key)\":null,\(members)", to: "tokenizer_config.json")
        return try Tokenizer(directory: folder.url)
    }

    @Test("null for a special token is not the class's own token", arguments: nulls)
    func noToken(kind: String, key: String, text: String, ids: [Int32]) throws {
        #expect(try tokenizer(kind: kind, null: key).encode(text).ids == ids)
    }

    @Test(
        "null for a token that the class puts around texts is an error",
        arguments: [
            ("albert", "cls_token"), ("camembert", "bos_token"), ("deberta", "sep_token"), ("roberta", "cls_token"),
            ("xlnet", "sep_token"),
        ])
    func neededToken(kind: String, key: String) throws {
        let error = try #require(throws: TokenizerError.self) { try tokenizer(kind: kind, null: key) }
        #expect(
            error.description
                == "tokenizer_config.json: \(key) is null, but the tokenizer's class needs one; name it, or leave the "
                + "key out")
    }
}
