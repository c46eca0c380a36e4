// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The sublayer of a block in which tokens exchange information: attention or a convolution.
enum TokenMixer: Sendable {
    case attention(SelfAttention)
    case convolution(ShortConvolution)

    /// Gives the layers their adapters.
    mutating func adapt(_ set: AdapterSet) {
        switch self {
        case .attention(var attention):
            attention.adapt(set)
            self = .attention(attention)
        case .convolution(var convolution):
            convolution.adapt(set)
            self = .convolution(convolution)
        }
    }

    /// The sublayer's output.
    ///
    /// - Parameters:
    ///   - x: `[totalTokens, hiddenSize]`.
    ///   - residual: Added to the result, whose shape it has.
    ///   - context: Where texts begin, and their positions.
    ///   - layer: The index of the block.
    ///   - rows: The rows to compute; nil for all.
    /// - Returns: `[totalTokens, hiddenSize]`, or one row for each that is read.
    func callAsFunction(
        _ x: Tensor, residual: Tensor?, _ context: AttentionContext, layer: Int, reading rows: RowsRead?
    ) -> Tensor {
        switch self {
        case .attention(let attention): attention(x, residual: residual, context, layer: layer, reading: rows)
        case .convolution(let convolution): convolution(x, residual: residual, context, reading: rows)
        }
    }
}

/// A short convolution along every text, with its projections.
struct ShortConvolution: Sendable {
    /// The projection to both gates and to what is convolved.
    private(set) var input: LinearLayer
    let convolution: GatedConvolution
    private(set) var output: LinearLayer

    /// Gives the layers their adapters.
    mutating func adapt(_ set: AdapterSet) {
        input.adapt(set)
        output.adapt(set)
    }

    /// Like ``TokenMixer/callAsFunction(_:residual:_:layer:reading:)``.
    func callAsFunction(
        _ x: Tensor, residual: Tensor?, _ context: AttentionContext, reading rows: RowsRead?
    ) -> Tensor {
        // A token that no other attends to must not reach its neighbours through the convolution either.
        let x = context.texts.keyFactors.map { x.scalingRows(by: $0) } ?? x
        let convolved = convolution(input(x), context.texts)
        return output(
            rows.map { convolved.gatheringRows($0.rows) } ?? convolved, residual: residual,
            dropout: context.dropout.attentionOutput, place: DropoutPlace.attentionOutput)
    }
}

/// Which blocks have a short convolution instead of attention, and its options.
///
/// Liquid AI, *LFM2 Technical Report*, 2025, <https://arxiv.org/abs/2511.23404>.
package struct ShortConvolutionOptions: Sendable, Equatable {
    /// How many tokens the convolution sees, including the token itself.
    package var taps: Int
    /// Whether the convolution and its projections have biases.
    package var hasBias: Bool
    /// The indices of the blocks.
    package var layers: Set<Int>
}
