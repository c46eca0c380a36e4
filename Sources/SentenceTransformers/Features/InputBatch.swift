// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTokenizers

/// What a model reads: texts or pairs as its first module takes them.
package enum InputBatch: Sendable {
    case tokens(TokenBatch)

    /// The number of texts.
    package var count: Int {
        switch self {
        case .tokens(let tokens): tokens.count
        }
    }

    /// How much there is to compute of one of them, in tokens.
    package func length(of index: Int) -> Int {
        switch self {
        case .tokens(let tokens): tokens.tokenRange(at: index).count
        }
    }

    /// Some of them, in the given order.
    package func selecting(_ indices: [Int]) -> InputBatch {
        switch self {
        case .tokens(let tokens): .tokens(tokens.selecting(indices))
        }
    }

    /// How much of one of them the batch holds; what it is expanded by is no part of it.
    func receipt(_ index: Int) -> TruncationReceipt {
        switch self {
        case .tokens(let tokens):
            TruncationReceipt(
                tokenCount: Int(tokens.untruncatedCounts[index]),
                usedCount: min(tokens.tokenRange(at: index).count, Int(tokens.untruncatedCounts[index])))
        }
    }

    /// All of some batches of one kind, one after another.
    package static func joined(_ parts: [InputBatch]) -> InputBatch {
        var all = TokenBatch()
        for case .tokens(let tokens) in parts { all.append(tokens) }
        return .tokens(all)
    }
}
