// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// One layer of a transformer encoder.
///
/// Batches are packed, and only attention looks at where texts begin.
struct TransformerBlock: Sendable {
    let placement: NormPlacement
    let attention: SelfAttention
    let attentionNorm: Normalization?
    let attentionOutputNorm: Normalization?
    let feedForward: FeedForward
    let feedForwardNorm: Normalization?
    let feedForwardOutputNorm: Normalization?

    /// - Parameters:
    ///   - x: `[totalTokens, hiddenSize]`.
    ///   - context: Texts and positions.
    /// - Returns: `[totalTokens, hiddenSize]`.
    func callAsFunction(_ x: Tensor, _ context: AttentionContext) -> Tensor {
        switch placement {
        case .post:
            let y = attentionNorm(attention(x, residual: x, context))
            return feedForwardNorm(feedForward(y, residual: y))
        case .pre:
            let y = attention(attentionNorm(x), residual: x, context)
            return feedForward(feedForwardNorm(y), residual: y)
        case .sandwich:
            let y = x + attentionOutputNorm(attention(attentionNorm(x), residual: nil, context))
            return y + feedForwardOutputNorm(feedForward(feedForwardNorm(y), residual: nil))
        }
    }
}
