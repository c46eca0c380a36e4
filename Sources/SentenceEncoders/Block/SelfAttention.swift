// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Multi-head self-attention of every text, with its projections.
struct SelfAttention: Sendable {
    /// Query, key and value as the three row blocks of one layer.
    let queryKeyValue: LinearLayer
    let output: LinearLayer
    let headCount: Int

    /// - Parameters:
    ///   - x: `[totalTokens, hiddenSize]`.
    ///   - texts: Where each text begins.
    /// - Returns: `x` plus what attention adds to it, `[totalTokens, hiddenSize]`.
    func callAsFunction(_ x: Tensor, _ texts: TextOffsets) -> Tensor {
        let headSize = queryKeyValue.outputSize / 3 / headCount
        let context = queryKeyValue(x).attention(texts, heads: headCount, scale: 1 / Float(headSize).squareRoot())
        return output(context, residual: x)
    }
}
