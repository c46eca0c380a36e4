// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Leaves words out of texts, for ``TrainingLoss/denoisingAutoEncoder(decoder:)``.
///
/// A word is what stands between white space, and of a text with words at least one stays. Wang et al., *TSDAE*, 2021,
/// <https://arxiv.org/abs/2104.06979>, found that a share of 0.6 works best.
public struct WordDeletion: Sendable {
    private let ratio: Float
    private let seed: UInt64

    /// A deletion of a share of all words.
    ///
    /// - Parameters:
    ///   - ratio: How many words are left out, from 0 to 1.
    ///   - seed: What the choice depends on, beside the text's row.
    public init(ratio: Float = 0.6, seed: UInt64 = 42) {
        self.ratio = ratio
        self.seed = seed
    }

    /// The text without some of its words.
    ///
    /// - Parameters:
    ///   - text: The text.
    ///   - row: Its place in the data, so that each text has its own random numbers.
    ///   - epoch: How often the data was seen before.
    /// - Returns: The words that stay, with a space between them.
    public func callAsFunction(_ text: String, row: Int, epoch: Int = 0) -> String {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { return text }
        let random = RandomStream(seed: seed, step: epoch).at(row)
        let kept = words.indices.filter { random.fraction($0) > ratio }
        guard kept.isEmpty else { return kept.map { words[$0] }.joined(separator: " ") }
        return String(words[min(words.count - 1, Int(random.fraction(words.count) * Float(words.count)))])
    }
}
