// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTokenizers
import Testing

@Suite struct GeneratedTextTests {
    private struct Hashes: Decodable {
        var seed: UInt64
        var block_size: Int
        var hashes: [String]
    }

    /// FNV-1a, 64 bits, over values as little-endian 32-bit integers.
    private struct Hash {
        var state: UInt64 = 0xCBF2_9CE4_8422_2325

        mutating func add(_ value: Int32) {
            for shift in [0, 8, 16, 24] as [UInt32] {
                state = (state ^ UInt64(UInt32(bitPattern: value) >> shift & 0xFF)) &* 0x100_0000_01B3
            }
        }
    }

    @Test("20,000 generated texts and pairs give the ids, segments and offsets of the reference")
    func agreement() throws {
        let tokenizer = try Tokenizer(directory: Fixtures.realModel())
        let expected = try Fixtures.decode(Hashes.self, "generated_texts.json")
        #expect(expected.hashes.count * expected.block_size == 20_000)
        for (block, recorded) in expected.hashes.enumerated() {
            var hash = Hash()
            for index in block * expected.block_size..<(block + 1) * expected.block_size {
                try add(GeneratedCase(seed: expected.seed, index: index), to: &hash, tokenizer)
            }
            let found = String(hash.state, radix: 16)
            let padded = String(repeating: "0", count: 16 - found.count) + found
            #expect(padded == recorded, "see: python -m generators.tokenizers \(block)")
        }
    }

    private func add(_ item: GeneratedCase, to hash: inout Hash, _ tokenizer: Tokenizer) throws {
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
        let batch = try tokenizer.encode(
            [TokenizerInput(item.text, pair: item.pair)], addSpecialTokens: item.special, truncation: truncation)
        #expect(batch.ids == encoding.ids && batch.typeIDs == encoding.typeIDs)
    }
}
