// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTokenizers
import Testing

@Suite struct TokenBatchTests {
    private let tokenizer: Tokenizer

    init() throws {
        tokenizer = try Tokenizer(directory: Fixtures.folder("uncased"))
    }

    @Test("A batch is its texts, one behind the other")
    func texts() throws {
        let inputs: [TokenizerInput] = ["the cat", "", TokenizerInput("a", pair: "b c"), "[MASK]"]
        let batch = try tokenizer.encode(inputs, truncation: Truncation(maxLength: 5))
        #expect(batch.count == 4)
        for (index, input) in inputs.enumerated() {
            let alone = try tokenizer.encode(input.text, pair: input.pair, truncation: Truncation(maxLength: 5))
            let range = batch.tokenRange(at: index)
            #expect(Array(batch.ids[range]) == alone.ids)
            #expect(Array(batch.typeIDs[range]) == alone.typeIDs)
            #expect(Int(batch.untruncatedCounts[index]) == alone.untruncatedCount)
        }
        #expect(try tokenizer.encode([TokenizerInput]()) == TokenBatch())
    }

    @Test("A first text that stands in several pairs is the same in each")
    func repeatedFirstText() throws {
        // The fourth and the fifth are equal as strings, but not as bytes.
        let inputs = [
            TokenizerInput("the cat sat on the mat"), TokenizerInput("the cat sat on the mat", pair: "to"),
            TokenizerInput("the cat sat on the mat", pair: "in a is that it of and"),
            TokenizerInput("caf\u{E9} of", pair: "a"), TokenizerInput("cafe\u{301} of", pair: "a"),
            TokenizerInput("cafe\u{301} of", pair: ""), TokenizerInput("cafe\u{301} of"), TokenizerInput("", pair: "a"),
        ]
        for length in [nil, 5, 9] {
            let truncation = length.map { Truncation(maxLength: $0) }
            let batch = try tokenizer.encode(inputs, truncation: truncation)
            for (index, input) in inputs.enumerated() {
                #expect(try tokenizer.encode([input], truncation: truncation) == batch.selecting([index]))
            }
        }
    }

    @Test("Appending and selecting rearrange texts")
    func rearranging() throws {
        let inputs: [TokenizerInput] = ["the of and", "to", "", "in a is that"]
        let whole = try tokenizer.encode(inputs)
        var parts = try tokenizer.encode(inputs[..<1])
        parts.append(try tokenizer.encode(inputs[1...]))
        #expect(parts == whole)
        #expect(whole.selecting([3, 1, 1]) == (try tokenizer.encode([inputs[3], inputs[1], inputs[1]])))
        #expect(whole.selecting(0..<4) == whole)
        #expect(whole.selecting([]) == TokenBatch())
    }
}
