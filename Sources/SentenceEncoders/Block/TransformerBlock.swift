// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// One layer of a transformer encoder.
///
/// Batches are packed, and only attention looks at where texts begin.
struct TransformerBlock: Sendable {
    let attention: SelfAttention
    let attentionNorm: LayerNorm
    let feedForward: FeedForward
    let feedForwardNorm: LayerNorm

    /// - Parameters:
    ///   - x: `[totalTokens, hiddenSize]`.
    ///   - texts: Where each text begins.
    /// - Returns: `[totalTokens, hiddenSize]`.
    func callAsFunction(_ x: Tensor, _ texts: TextOffsets) -> Tensor {
        let y = attentionNorm(attention(x, texts))
        return feedForwardNorm(feedForward(y))
    }
}
