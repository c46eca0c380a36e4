// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTokenizers

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Texts of random words of a tokenizer's vocabulary: frequent ones and rare ones, so that each word is met in many texts.
struct GeneratedTexts {
    private let words: [String]
    private let seed: UInt64

    private static let lengths = 6...24
    /// Half of the words are drawn evenly, half by frequency, where the first so many are about equally frequent.
    private static let frequentCount = 50.0

    init(_ tokenizer: Tokenizer, seed: UInt64) {
        self.seed = seed
        let tokens = (0..<Int32(tokenizer.vocabularySize)).compactMap { tokenizer.token(of: $0) }
        // How a vocabulary marks the beginning of a word, if it marks it, or else the inside of one.
        let marks: [Character] = ["▁", "Ġ"]
        let mark = marks.first { mark in tokens.contains { $0.count > 1 && $0.first == mark } }
        words = tokens.compactMap { token in
            let word = mark == nil ? token[...] : token.first == mark ? token.dropFirst() : ""
            return word.count > 1 && word.allSatisfy(\.isLetter) ? String(word) : nil
        }
    }

    /// Texts, the same for the same seed.
    func make(_ count: Int) -> [String] {
        guard !words.isEmpty else { return [] }
        let random = RandomStream(seed: seed, step: 1)
        let range = Double(Self.lengths.count)
        return (0..<count).map { index in
            let stream = random.at(index)
            let length = Self.lengths.lowerBound + Int(range * Double(stream.fraction(0)))
            return (0..<length).map { place in
                let fraction = Double(stream.fraction(2 * place + 1))
                let isFrequent = stream.fraction(2 * place + 2) < 0.5
                return words[
                    min(words.count - 1, isFrequent ? frequent(fraction) : Int(fraction * Double(words.count)))]
            }.joined(separator: " ")
        }
    }

    /// A place by Zipf's law: the inverse of the logarithm that sums up 1 / (n + frequentCount).
    private func frequent(_ fraction: Double) -> Int {
        let ratio = (Double(words.count) + Self.frequentCount) / Self.frequentCount
        return Int(Self.frequentCount * (pow(ratio, fraction) - 1))
    }
}
