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
