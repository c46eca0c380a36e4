// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTokenizers

/// The input of a model: texts or pairs in the form that its first module reads.
package enum InputBatch: Sendable {
    case tokens(TokenBatch)

    /// The number of texts.
    package var count: Int {
        switch self {
        case .tokens(let tokens): tokens.count
        }
    }

    /// The number of tokens of a text, which measures the work of computing it.
    package func length(of index: Int) -> Int {
        switch self {
        case .tokens(let tokens): tokens.tokenRange(at: index).count
        }
    }

    /// The texts at the given indices, in that order.
    package func selecting(_ indices: [Int]) -> InputBatch {
        switch self {
        case .tokens(let tokens): .tokens(tokens.selecting(indices))
        }
    }

    /// The receipt of a text; expansion tokens of queries are not included.
    func receipt(_ index: Int) -> TruncationReceipt {
        switch self {
        case .tokens(let tokens):
            TruncationReceipt(
                tokenCount: Int(tokens.untruncatedCounts[index]),
                usedCount: min(tokens.tokenRange(at: index).count, Int(tokens.untruncatedCounts[index])))
        }
    }

    /// The concatenation of some batches.
    package static func joined(_ parts: [InputBatch]) -> InputBatch {
        var all = TokenBatch()
        for case .tokens(let tokens) in parts { all.append(tokens) }
        return .tokens(all)
    }
}
