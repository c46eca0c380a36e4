// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTraining
import Testing

@Suite("Leaving words out of texts")
struct WordDeletionTests {
    private static let text = (0..<1000).map { "word\($0)" }.joined(separator: " \n ")

    @Test("So many words stay as the ratio says, in their order")
    func ratio() {
        let words = WordDeletion()(Self.text, row: 3).split(separator: " ")
        // 1000 draws of probability 0.4: 400 ± 4 standard deviations.
        #expect(338...462 ~= words.count)
        let places = words.compactMap { Int($0.dropFirst(4)) }
        #expect(places.count == words.count && places == places.sorted())
    }

    @Test("What is left out depends on seed, row and epoch alone")
    func seed() {
        let deletion = WordDeletion(seed: 7)
        let first = deletion(Self.text, row: 3)
        #expect(WordDeletion(seed: 7)(Self.text, row: 3) == first)
        #expect(deletion(Self.text, row: 4) != first)
        #expect(deletion(Self.text, row: 3, epoch: 1) != first)
        #expect(WordDeletion(seed: 8)(Self.text, row: 3) != first)
    }

    @Test("A word stays of each text that has one", arguments: ["word", "two words", " \t", ""])
    func least(text: String) {
        for row in 0..<50 {
            let left = WordDeletion(ratio: 1)(text, row: row)
            let words = text.split(whereSeparator: \.isWhitespace)
            #expect(words.isEmpty ? left == text : words.contains { $0 == left })
        }
    }
}
