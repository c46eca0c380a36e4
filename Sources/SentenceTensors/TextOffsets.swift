// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where each text of a batch begins in its flat run of tokens.
///
/// Nothing is padded: linear layers see `[totalTokens, hiddenSize]`, and only attention and pooling
/// look at these offsets.
package struct TextOffsets: Sendable, Equatable {
    /// The first token of each text, then the number of all tokens: `[count + 1]`, ascending from 0.
    package let starts: [Int]
    /// For each text, how many of its leading tokens other tokens attend to; nil if all.
    ///
    /// The tokens after them attend to these, but no token attends to them: a query's expansion tokens, for example.
    package let keyCounts: [Int]?

    /// Texts that begin at the given tokens.
    ///
    /// - Parameters:
    ///   - starts: The index of every text's first token, then the number of all tokens.
    ///   - keyCounts: How many leading tokens of each text other tokens attend to; nil if all.
    package init(_ starts: some Sequence<Int>, keyCounts: [Int]? = nil) {
        self.starts = Array(starts)
        self.keyCounts = keyCounts
        precondition(self.starts.first == 0, "offsets begin with 0")
        precondition(zip(self.starts, self.starts.dropFirst()).allSatisfy(<=), "offsets do not descend")
        precondition(
            keyCounts.map { $0.count == count && (0..<count).allSatisfy { 0...self[$0].count ~= keyCount($0) } }
                ?? true,
            "\(keyCounts ?? []) tokens to learn from of texts at \(self.starts)")
    }

    /// Texts of the given numbers of tokens.
    package init(counts: [Int]) {
        var end = 0
        self.init(
            [0]
                + counts.map {
                    end += $0; return end
                })
    }

    /// The number of texts.
    package var count: Int { starts.count - 1 }
    /// The number of tokens of all texts.
    package var totalTokens: Int { starts[count] }

    /// The range of a text's tokens.
    package subscript(text: Int) -> Range<Int> { starts[text]..<starts[text + 1] }

    /// For each text, the number of its tokens that satisfy a condition.
    package func counts(where holds: (Int) -> Bool) -> [Int] {
        (0..<count).map { text in self[text].reduce(0) { holds($1) ? $0 + 1 : $0 } }
    }

    /// How many tokens of a text other tokens attend to.
    package func keyCount(_ text: Int) -> Int { keyCounts?[text] ?? self[text].count }

    /// 1 for a token that others attend to and 0 for any other, `[totalTokens]`; nil if all are attended to.
    package var keyFactors: [Float]? {
        guard keyCounts != nil else { return nil }
        return (0..<count).flatMap { text in self[text].indices.map { $0 - starts[text] < keyCount(text) ? 1 : 0 } }
    }
}
