// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTokenizers
import Testing

@Suite struct GeneratedTextTests {
    private struct Hashes: Decodable {
        var seed: UInt64
        var block_size: Int
        var long_word: String?
        var hashes: [String]
    }

    /// FNV-1a, 64 bits, over values as little-endian 32-bit integers.
    private struct Hash {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325

        /// Whether every value is one step, instead of its four bytes.
        var takesWords = false

        /// The hash as the fixtures write it.
        var text: String {
            let digits = String(state, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }

        mutating func add(_ value: Int32) {
            if takesWords {
                state = (state ^ UInt64(UInt32(bitPattern: value))) &* 0x100_0000_01B3
                return
            }
            for shift in [0, 8, 16, 24] as [UInt32] {
                state = (state ^ UInt64(UInt32(bitPattern: value) >> shift & 0xFF)) &* 0x100_0000_01B3
            }
        }
    }

    @Test("20,000 generated texts and pairs give the ids, segments and offsets of the reference")
    func agreement() throws {
        let tokenizer = try Tokenizer(directory: realModel())
        let expected = try Fixtures.decode(Hashes.self, "generated_texts.json")
        #expect(expected.hashes.count * expected.block_size == 20_000)
        try check(tokenizer, expected, decodes: false, "generators.tokenizers")
    }

    static let kinds = [
        "albert", "albert_old", "bigbird", "bpe_prefix", "bpe_suffix", "camembert", "camembert_old", "clip", "ctc",
        "deberta", "debertav2", "debertav2_old", "flags_bpe", "flags_unigram", "gemma", "gpt2", "llama", "llama3",
        "mbart", "mbart50", "modernbert", "nllb", "nllb_legacy", "o200k", "odd", "pegasus", "qwen2", "rembert",
        "roberta",
        "roberta_old", "scripts", "t5", "unigram", "unigram_bytes", "wordlevel", "xlmr", "xlnet",
    ]

    @Test("20,000 generated texts give what the reference makes of them with each kind of tokenizer", arguments: kinds)
    func kind(name: String) throws {
        let folder = Fixtures.kinds.appendingPathComponent(name)
        let data = try Data(contentsOf: folder.appendingPathComponent("generated_texts.json"))
        let expected = try JSONDecoder().decode(Hashes.self, from: data)
        #expect(expected.hashes.count * expected.block_size == 20_000)
        try check(try Tokenizer(directory: folder), expected, decodes: true, "generators.tokenizer_kinds \(name)")
    }

    @Test("A word of a million characters gives the tokens of the reference", arguments: kinds)
    func longWord(name: String) throws {
        let folder = Fixtures.kinds.appendingPathComponent(name)
        let data = try Data(contentsOf: folder.appendingPathComponent("generated_texts.json"))
        let expected = try JSONDecoder().decode(Hashes.self, from: data)
        var random = SplitMix64(state: expected.seed)
        let letters = Array("etaoinshrdlu".utf8)
        let word =
            [UInt8](repeating: UInt8(ascii: "a"), count: 500_000) + (0..<500_000).map { _ in random.pick(letters) }
        let encoding = try Tokenizer(directory: folder).encode(
            String(decoding: word, as: UTF8.self), addSpecialTokens: false)
        var hash = Hash(takesWords: true)
        hash.add(Int32(encoding.count))
        for id in encoding.ids { hash.add(id) }
        for range in encoding.offsets {
            hash.add(Int32(range.lowerBound))
            hash.add(Int32(range.upperBound))
        }
        #expect(hash.text == expected.long_word)
    }

    @Test("Every kind of tokenizer is tested")
    func allKinds() throws {
        let found = try FileManager.default.contentsOfDirectory(atPath: Fixtures.kinds.path).sorted()
        #expect(found == Self.kinds)
    }

    private func check(_ tokenizer: Tokenizer, _ expected: Hashes, decodes: Bool, _ module: String) throws {
        for (block, recorded) in expected.hashes.enumerated() {
            var hash = Hash(takesWords: decodes)
            for index in block * expected.block_size..<(block + 1) * expected.block_size {
                try add(
                    GeneratedCase(seed: expected.seed, index: index, hasMoreSpecials: decodes), to: &hash, tokenizer,
                    decodes: decodes)
            }
            #expect(hash.text == recorded, "see: python -m \(module) \(block)")
        }
    }

    private func add(_ item: GeneratedCase, to hash: inout Hash, _ tokenizer: Tokenizer, decodes: Bool) throws {
        let truncation = Fixtures.truncation(item.maxLength, item.strategy, item.direction)
        let encoding: Encoding
        do {
            encoding = try tokenizer.encode(
                item.text, pair: item.pair, addSpecialTokens: item.special, truncation: truncation)
        } catch let error as TokenizerError where error.code == .impossibleTruncation {
            hash.add(-1)
            return
        }
        hash.add(Int32(encoding.count))
        for id in encoding.ids { hash.add(id) }
        for id in encoding.typeIDs { hash.add(id) }
        for id in encoding.sequenceIDs { hash.add(Int32(id ?? -1)) }
        for range in encoding.offsets {
            hash.add(Int32(range.lowerBound))
            hash.add(Int32(range.upperBound))
        }
        if decodes {
            let decoded = try tokenizer.decode(encoding.ids, skipSpecialTokens: item.special)
            for byte in decoded.utf8 { hash.add(Int32(byte)) }
        }
        let batch = try tokenizer.encode(
            [TokenizerInput(item.text, pair: item.pair)], addSpecialTokens: item.special, truncation: truncation)
        #expect(batch.ids == encoding.ids && batch.typeIDs == encoding.typeIDs)
    }
}
