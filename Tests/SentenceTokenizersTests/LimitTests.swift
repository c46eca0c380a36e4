// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTokenizers
import Testing

/// Texts and files that would need much time or memory.
@Suite struct LimitTests {
    private func tokenizer(_ parts: String) throws -> Tokenizer {
        let folder = try TemporaryFolder()
        try folder.write("{\(parts)}", to: "tokenizer.json")
        try folder.write("{\"tokenizer_class\":\"PreTrainedTokenizerFast\"}", to: "tokenizer_config.json")
        return try Tokenizer(directory: folder.url)
    }

    private static let wordLevel =
        "\"model\":{\"type\":\"WordLevel\",\"unk_token\":\"?\",\"vocab\":{\"?\":0}}"

    @Test("A word of a million characters passes WordPiece")
    func wordPiece() throws {
        let tokenizer = try tokenizer(
            "\"model\":{\"type\":\"WordPiece\",\"unk_token\":\"?\",\"continuing_subword_prefix\":\"##\","
                + "\"max_input_chars_per_word\":2000000,\"vocab\":{\"?\":0,\"a\":1,\"##a\":2,\"##aaaa\":3}}")
        let encoding = try tokenizer.encode(String(repeating: "a", count: 1_000_000))
        #expect(encoding.ids == [1] + [Int32](repeating: 3, count: 249_999) + [2, 2, 2])
    }

    @Test("A Unigram model with the longest of tokens passes a word of which all places begin one")
    func unigram() throws {
        let long = String(repeating: "a", count: 512)
        let tokenizer = try tokenizer(
            "\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"vocab\":[[\"?\",-9],[\"a\",-1],[\"\(long)\",-1]]}")
        let encoding = try tokenizer.encode(String(repeating: "a", count: 512 * 400))
        #expect(encoding.ids == [Int32](repeating: 2, count: 400))
    }

    @Test("Files cannot make texts grow without bound")
    func growth() throws {
        let content = String(repeating: "a", count: 256)
        let step = "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"\(content)\"}"
        let steps = [String](repeating: step, count: 40).joined(separator: ",")
        let tokenizer = try tokenizer(
            "\"normalizer\":{\"type\":\"Sequence\",\"normalizers\":[\(steps)]},\(Self.wordLevel)")
        let error = try #require(throws: TokenizerError.self) { try tokenizer.encode([TokenizerInput("aa")]) }
        #expect(error.code == .textTooLong)
        #expect(
            error.description == "a text grows beyond 65664 bytes when normalized; the tokenizer's file makes it so")
    }

    @Test("Decoders cannot make texts grow without bound")
    func decoding() throws {
        let content = String(repeating: "?", count: 256)
        let step = "{\"type\":\"Replace\",\"pattern\":{\"String\":\"?\"},\"content\":\"\(content)\"}"
        let steps = [String](repeating: step, count: 40).joined(separator: ",")
        let tokenizer = try tokenizer(
            "\"decoder\":{\"type\":\"Sequence\",\"decoders\":[\(steps)]},\(Self.wordLevel)")
        let error = try #require(throws: TokenizerError.self) { try tokenizer.decode([0, 0]) }
        #expect(error.description == "a text grows beyond 67108864 bytes when decoded; decode it in parts")
    }

    @Test(
        "No character grows more than the limit allows for",
        arguments: [
            ("{\"type\":\"NFKD\"}", 11), ("{\"type\":\"NFD\"}", 3), ("{\"type\":\"Lowercase\"}", 2),
            (
                "{\"type\":\"BertNormalizer\",\"clean_text\":true,\"handle_chinese_chars\":true,"
                    + "\"strip_accents\":true,\"lowercase\":true}", 6
            ),
        ])
    func expansion(normalizer: String, factor: Int) throws {
        // One token for each byte, so that tokens count bytes.
        let bytes = (0..<256).map { "[\"<0x\(String(format: "%02X", $0))>\",-1]" }.joined(separator: ",")
        let tokenizer = try tokenizer(
            "\"normalizer\":\(normalizer),\"model\":{\"type\":\"Unigram\",\"unk_id\":0,\"byte_fallback\":true,"
                + "\"vocab\":[[\"?\",-9],\(bytes)]}")
        var greatest = 0.0
        for scalar in (UInt32(0x80)...0x10FFFF).lazy.compactMap(Unicode.Scalar.init) {
            let text = String(Character(scalar))
            let count = try tokenizer.encode([TokenizerInput(text)]).ids.count
            greatest = max(greatest, Double(count) / Double(text.utf8.count))
        }
        #expect(greatest > 1 && greatest <= Double(factor))
    }
}
