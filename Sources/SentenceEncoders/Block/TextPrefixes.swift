// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import Synchronization

/// What a causal encoder computed of the first tokens of texts: all that the tokens after them look at.
package struct EncodedPrefix: Sendable {
    /// Keys and values of each block, `[count, 2 * keyValueHeads * headSize]`.
    let keysAndValues: [Tensor]
    /// The hidden states after the last block, `[count, hiddenSize]`.
    let states: Tensor

    /// The number of tokens.
    package var count: Int { states.rows }
}

/// The tokens at the beginning of the texts of a batch that were computed before.
struct TextPrefixes: Sendable {
    /// For each text its prefix, if it has one.
    let prefixes: [EncodedPrefix?]
    /// The other tokens, among all tokens of the texts.
    let own: TokenChoice

    /// The given prefixes of texts, each shorter than its text.
    init(_ prefixes: [EncodedPrefix?], of texts: TextOffsets) {
        precondition(prefixes.count == texts.count, "\(prefixes.count) prefixes of \(texts.count) texts")
        self.prefixes = prefixes
        own = TokenChoice(
            (0..<texts.count).flatMap { texts[$0].dropFirst(prefixes[$0]?.count ?? 0) }, of: texts)
    }

    /// The indices among the other tokens of those of the given tokens that are not in a prefix.
    func indices(of rows: [Int]) -> [Int] {
        var next = 0
        return rows.compactMap { row in
            while next < own.rows.count, own.rows[next] < row { next += 1 }
            return next < own.rows.count && own.rows[next] == row ? next : nil
        }
    }

    /// The states of the given tokens: those in a prefix from there, the others one after another from `states`.
    func collecting(_ rows: [Int], from states: Tensor, _ texts: TextOffsets) -> Tensor {
        if rows.count == states.rows { return states }
        var sources = [states]
        /// The first row of each text's prefix among the rows of all sources.
        var firstRows: [Int] = []
        var end = states.rows
        for prefix in prefixes {
            firstRows.append(end)
            guard let prefix else { continue }
            sources.append(prefix.states)
            end += prefix.count
        }
        var (text, next) = (0, 0)
        return Tensor.above(sources).gatheringRows(
            rows.map { row in
                while texts[text].upperBound <= row { text += 1 }
                let position = row - texts[text].lowerBound
                if position < prefixes[text]?.count ?? 0 { return firstRows[text] + position }
                defer { next += 1 }
                return next
            })
    }

    /// Keys and values of all tokens in a block, from those of the other tokens, which begin with a column.
    ///
    /// - Returns: `[totalTokens, columns - first]`.
    func joined(_ keysAndValues: Tensor, from first: Int, layer: Int) -> Tensor {
        let others = first == 0 ? keysAndValues : keysAndValues.columnRange(first..<keysAndValues.columns)
        return .above(
            prefixes.enumerated().flatMap { text, prefix in
                [prefix?.keysAndValues[layer], others.rowRange(own.texts[text])].compactMap(\.self)
            })
    }
}

/// Collects the keys and values of each block in one pass.
final class KeyValueRecord: Sendable {
    private let tensors = Mutex<[Tensor]>([])

    /// Adds those of the next block.
    func append(_ keysAndValues: Tensor) { tensors.withLock { $0.append(keysAndValues) } }

    /// Those of all blocks so far.
    var all: [Tensor] { tensors.withLock { $0 } }
}
