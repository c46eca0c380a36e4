// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Some of the tokens of a batch, in ascending order.
package struct TokenChoice: Sendable, Equatable {
    /// The index of each chosen token among all tokens of the batch.
    package let rows: [Int]
    /// Where the chosen tokens of each text begin among the chosen ones.
    package let texts: TextOffsets
    /// The position in its text of each chosen token.
    let positions: [UInt32]

    /// A choice of tokens.
    ///
    /// - Parameters:
    ///   - rows: The indices of the tokens among all tokens, ascending.
    ///   - texts: Where each text begins among all tokens.
    package init(_ rows: [Int], of texts: TextOffsets) {
        self.rows = rows
        var starts = [0], positions: [UInt32] = []
        positions.reserveCapacity(rows.count)
        var next = 0
        for text in 0..<texts.count {
            while next < rows.count, texts[text] ~= rows[next] {
                precondition(next == 0 || rows[next - 1] < rows[next], "the chosen tokens do not ascend")
                positions.append(UInt32(rows[next] - texts[text].lowerBound))
                next += 1
            }
            starts.append(next)
        }
        precondition(next == rows.count, "token \(next < rows.count ? rows[next] : 0) is in none of the texts")
        self.texts = TextOffsets(starts)
        self.positions = positions
    }

    /// The chosen tokens of a text, as positions in it.
    package func positions(of text: Int) -> [Int] { texts[text].map { Int(positions[$0]) } }
}
