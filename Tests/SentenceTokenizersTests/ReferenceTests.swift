// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTokenizers
import Testing

@Suite struct ReferenceTests {
    @Test("Ids, segments, offsets, counts and decoded texts are those of the reference", arguments: Fixtures.names)
    func agreement(name: String) throws {
        let tokenizer = try Tokenizer(directory: Fixtures.folder(name))
        try check(tokenizer, try Fixtures.cases("\(name)/cases.jsonl"))
    }

    @Test(
        "Lowercasing in front agrees with the reference",
        arguments: ["cased", "verbatim_bert", "bare", "every_flag"])
    func lowercasing(name: String) throws {
        let tokenizer = try Tokenizer(directory: Fixtures.folder(name)).withLowercasing()
        try check(tokenizer, try Fixtures.cases("\(name)/lowered.jsonl"))
    }

    @Test("What a tokenizer tells about itself is what the reference tells", arguments: Fixtures.names)
    func properties(name: String) throws {
        struct Expected: Decodable {
            var vocabulary_size: Int
            var added: [String: Int32]
            var special: [String: Int32]
            var counts: [Int]
            var model_max_length: Int?
            var truncation_side: String
            var padding_side: String
        }
        let tokenizer = try Tokenizer(directory: Fixtures.folder(name))
        let expected = try Fixtures.decode(Expected.self, "\(name)/expected.json")
        #expect(tokenizer.vocabularySize == expected.vocabulary_size)
        for (token, id) in expected.added {
            #expect(tokenizer.id(of: token) == id)
            #expect(tokenizer.token(of: id) == token)
        }
        let ids = tokenizer.specialTokenIDs
        let named = ["cls": ids.cls, "sep": ids.sep, "pad": ids.pad, "mask": ids.mask, "unk": ids.unk]
        #expect(named.compactMapValues { $0 } == expected.special)
        #expect(
            [tokenizer.specialTokenCount(isPair: false), tokenizer.specialTokenCount(isPair: true)] == expected.counts)
        #expect(tokenizer.modelMaxLength == expected.model_max_length)
        #expect(tokenizer.truncationSide.rawValue == expected.truncation_side)
        #expect(tokenizer.paddingSide.rawValue == expected.padding_side)
    }

    @Test("Long runs of marks are sorted in reasonable time")
    func longRunOfMarks() throws {
        let tokenizer = try Tokenizer(directory: Fixtures.folder("verbatim"))
        let marks = String(repeating: "\u{301}\u{323}\u{302E}", count: 100_000)
        let encoding = try tokenizer.encode("a" + marks + " b")
        #expect(encoding.tokens == ["[SEP]", "a", "b", "[CLS]", "[MASK]"])
        let end = 1 + marks.utf8.count
        #expect(encoding.offsets[1...2] == [0..<1, end + 1..<end + 2])
    }

    private func check(_ tokenizer: Tokenizer, _ cases: [Fixtures.Case]) throws {
        #expect(cases.count >= 60)
        for item in cases {
            let truncation = Fixtures.truncation(item.max, item.strategy, item.direction)
            // The reference leaves such texts as long as they are; that is the one difference.
            let count = tokenizer.specialTokenCount(isPair: item.pair != nil)
            let isImpossible = item.special && item.max.map { $0 < count } ?? false
            guard let ids = item.ids, !isImpossible else {
                #expect(throws: TokenizerError.self, "\(item)") {
                    try tokenizer.encode(
                        item.text, pair: item.pair, addSpecialTokens: item.special, truncation: truncation)
                }
                continue
            }
            let found = try tokenizer.encode(
                item.text, pair: item.pair, addSpecialTokens: item.special, truncation: truncation)
            #expect(found.ids == ids, "\(item)")
            #expect(found.typeIDs == item.types, "\(item)")
            #expect(found.offsets.map { [$0.lowerBound, $0.upperBound] } == item.offsets, "\(item)")
            #expect(found.sequenceIDs.map { $0 ?? -1 } == item.sequences, "\(item)")
            #expect(found.specialTokensMask == found.sequenceIDs.map { $0 == nil }, "\(item)")
            #expect(found.untruncatedCount == item.untruncated, "\(item)")
            #expect(found.tokens == ids.map { tokenizer.token(of: $0) }, "\(item)")
            #expect(try tokenizer.decode(ids, skipSpecialTokens: item.special) == item.decoded, "\(item)")
            let batch = try tokenizer.encode(
                [TokenizerInput(item.text, pair: item.pair)], addSpecialTokens: item.special, truncation: truncation)
            #expect(batch.ids == ids && batch.typeIDs == item.types, "\(item)")
            #expect(batch.offsets == [0, Int32(ids.count)])
            #expect(batch.untruncatedCounts.map(Int.init) == [item.untruncated])
        }
    }
}
