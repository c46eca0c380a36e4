// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where each text of a batch begins in its flat run of tokens.
///
/// Nothing is padded: linear layers see `[totalTokens, hiddenSize]`, and only attention and pooling
/// look at these offsets.
package struct TextOffsets: Sendable, Equatable {
    /// `[count + 1]`, ascending from 0.
    package let starts: [Int]

    /// - Parameter starts: The index of every text's first token, and behind them the number of all tokens.
    package init(_ starts: some Sequence<Int>) {
        self.starts = Array(starts)
        precondition(self.starts.first == 0, "offsets begin with 0")
        precondition(zip(self.starts, self.starts.dropFirst()).allSatisfy(<=), "offsets do not descend")
    }

    /// The number of texts.
    package var count: Int { starts.count - 1 }
    /// The number of tokens of all texts.
    package var totalTokens: Int { starts[count] }

    /// The tokens of a text.
    package subscript(text: Int) -> Range<Int> { starts[text]..<starts[text + 1] }
}
