// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A language that nobody speaks: each English word has one of its own.
package struct Language: Sendable {
    private let seed: UInt64
    private static let syllables = ["ba", "ko", "mi", "ru", "ta", "ve", "lo", "ni", "sa", "du", "pe", "zi"]

    package init(seed: UInt64) { self.seed = seed }

    /// The text word by word.
    package func translated(_ text: String) -> String {
        text.lowercased().split { !$0.isLetter }.map(word).joined(separator: " ")
    }

    private func word(for english: Substring) -> String {
        var dice = Dice(seed: english.utf8.reduce(seed) { ($0 &* 31) &+ UInt64($1) })
        return (0..<2 + dice.roll(2)).map { _ in dice.pick(Self.syllables) }.joined()
    }
}
