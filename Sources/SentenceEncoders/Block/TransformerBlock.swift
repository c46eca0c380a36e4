// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// One block of a transformer encoder.
///
/// Batches are packed; only attention and convolution look at where texts begin.
struct TransformerBlock: Sendable {
    let placement: NormPlacement
    private(set) var mixer: TokenMixer
    let attentionNorm: Normalization?
    let attentionOutputNorm: Normalization?
    private(set) var feedForward: FeedForward
    private(set) var adapter: Adapter?
    let feedForwardNorm: Normalization?
    let feedForwardOutputNorm: Normalization?

    /// Gives the layers their adapters.
    mutating func adapt(_ set: AdapterSet) {
        mixer.adapt(set)
        feedForward.adapt(set)
        adapter?.feedForward.adapt(set)
    }

    /// The block's output.
    ///
    /// - Parameters:
    ///   - x: `[totalTokens, hiddenSize]`.
    ///   - context: Where texts begin, and their positions.
    ///   - layer: The index of the block.
    ///   - rows: The rows to compute; nil for all.
    ///   - between: Another sublayer between these two, where norms follow the sublayers.
    /// - Returns: `[totalTokens, hiddenSize]`, or one row for each that is read.
    func callAsFunction(
        _ x: Tensor, _ context: AttentionContext, layer: Int = 0, reading rows: RowsRead? = nil,
        between: (Tensor) -> Tensor = { $0 }
    ) -> Tensor {
        func mixed(_ input: Tensor, residual: Tensor?) -> Tensor {
            mixer(input, residual: residual, context, layer: layer, reading: rows)
        }
        let own = rows.map { x.gatheringRows($0.rows) } ?? x
        switch placement {
        case .post:
            let y = between(attentionNorm(mixed(x, residual: own)))
            return feedForwardNorm(adapted(feedForward(y, residual: y, dropout: context.dropout), context))
        case .pre:
            let y = mixed(attentionNorm(x), residual: own)
            return adapted(feedForward(feedForwardNorm(y), residual: y, dropout: context.dropout), context)
        case .sandwich:
            let y = own + attentionOutputNorm(mixed(attentionNorm(x), residual: nil))
            let z = feedForward(feedForwardNorm(y), residual: nil, dropout: context.dropout)
            return adapted(y + feedForwardOutputNorm(z), context)
        }
    }

    /// The output of the adapter, or `x` if there is none.
    private func adapted(_ x: Tensor, _ context: AttentionContext) -> Tensor {
        adapter.map { $0(x, context.dropout) } ?? x
    }
}
