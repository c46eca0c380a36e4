// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The sublayer of a block in which tokens learn of each other.
enum TokenMixer: Sendable {
    case attention(SelfAttention)
    case convolution(ShortConvolution)

    /// - Parameters:
    ///   - x: `[totalTokens, hiddenSize]`.
    ///   - residual: Added to the result, `[totalTokens, hiddenSize]`.
    ///   - context: Texts and positions.
    /// - Returns: `[totalTokens, hiddenSize]`.
    func callAsFunction(_ x: Tensor, residual: Tensor?, _ context: AttentionContext) -> Tensor {
        switch self {
        case .attention(let attention): attention(x, residual: residual, context)
        case .convolution(let convolution): convolution(x, residual: residual, context)
        }
    }
}

/// A short convolution along every text, with its projections.
struct ShortConvolution: Sendable {
    /// Both gates and what is convolved.
    let input: LinearLayer
    let convolution: GatedConvolution
    let output: LinearLayer

    /// As ``TokenMixer/callAsFunction(_:residual:_:)``.
    func callAsFunction(_ x: Tensor, residual: Tensor?, _ context: AttentionContext) -> Tensor {
        // A token that none learns from must not reach its neighbours through the convolution either.
        let x = context.texts.keyFactors.map { x.scalingRows(by: $0) } ?? x
        return output(convolution(input(x), context.texts), residual: residual)
    }
}

/// The blocks that have a short convolution instead of attention.
///
/// Liquid AI, *LFM2 Technical Report*, 2025, <https://arxiv.org/abs/2511.23404>.
package struct ShortConvolutionOptions: Sendable, Equatable {
    /// How many tokens are seen, the token itself included.
    package var taps: Int
    /// Whether the convolution and its projections have biases.
    package var hasBias: Bool
    /// The blocks.
    package var layers: Set<Int>
}
