// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The roles that learned tensors have in the transformer block and around it.
package enum EncoderSlot: String, Sendable, CaseIterable {
    case tokenEmbedding, positionEmbedding, tokenTypeEmbedding, embeddingNorm
    case query, key, value, attentionOutput, attentionNorm
    case up, down, feedForwardNorm
}

/// The tensors that one slot needs, in one layer or outside of all.
package struct EncoderParameter: Sendable, Equatable {
    /// The role.
    package let slot: EncoderSlot
    /// The block, nil outside of the blocks.
    package let layer: Int?
    /// The shape of the weight.
    package let weight: [Int]
    /// The shape of the bias, nil if there is none.
    package let bias: [Int]?
}

extension EncoderSpec {
    /// Everything that a checkpoint of this encoder holds.
    ///
    /// Shapes are written here and nowhere else.
    package var parameters: [EncoderParameter] {
        func embedding(_ slot: EncoderSlot, _ count: Int) -> EncoderParameter {
            EncoderParameter(slot: slot, layer: nil, weight: [count, hiddenSize], bias: nil)
        }
        func linear(_ slot: EncoderSlot, _ layer: Int, _ outputs: Int, _ inputs: Int) -> EncoderParameter {
            EncoderParameter(slot: slot, layer: layer, weight: [outputs, inputs], bias: [outputs])
        }
        func norm(_ slot: EncoderSlot, _ layer: Int? = nil) -> EncoderParameter {
            EncoderParameter(slot: slot, layer: layer, weight: [hiddenSize], bias: [hiddenSize])
        }
        var all = [
            embedding(.tokenEmbedding, vocabularySize), embedding(.positionEmbedding, learnedPositions.count),
        ]
        if tokenTypeCount > 0 { all.append(embedding(.tokenTypeEmbedding, tokenTypeCount)) }
        all.append(norm(.embeddingNorm))
        for layer in 0..<layerCount {
            all += [.query, .key, .value, .attentionOutput].map { linear($0, layer, hiddenSize, hiddenSize) }
            all += [norm(.attentionNorm, layer), linear(.up, layer, feedForwardSize, hiddenSize)]
            all += [linear(.down, layer, hiddenSize, feedForwardSize), norm(.feedForwardNorm, layer)]
        }
        return all
    }
}
