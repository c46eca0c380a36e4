// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The roles that learned tensors have in the transformer block and around it.
package enum EncoderSlot: String, Sendable, CaseIterable {
    case tokenEmbedding, positionEmbedding, tokenTypeEmbedding, embeddingNorm, embeddingProjection, relativeBias
    /// The table of distances in disentangled attention, its norm and projections.
    case distanceEmbedding, distanceNorm, distanceQuery, distanceKey
    /// `queryKeyValue` replaces the three before it if a checkpoint stores them as one matrix.
    case query, key, value, queryKeyValue, queryNorm, keyNorm, attentionOutput
    /// A short convolution and its projections.
    case convolutionInput, convolution, convolutionOutput
    /// Biases that are stored apart from their matrix.
    case queryBias, valueBias
    /// The norms of a sublayer: the only one, or with sandwich norms the one before it and the one after it.
    case attentionNorm, attentionOutputNorm, feedForwardNorm, feedForwardOutputNorm
    /// `gateUp` replaces the two before it if a checkpoint stores them as one matrix.
    case gate, up, gateUp, down
    case adapterNorm, adapterUp, adapterDown
    case finalNorm

    /// Whether its rows are looked up, so that it is never packed.
    var isTable: Bool {
        [.tokenEmbedding, .positionEmbedding, .tokenTypeEmbedding, .relativeBias, .distanceEmbedding].contains(self)
    }
}

extension EncoderSlot {
    /// Whether its name in a checkpoint is complete, without a suffix for weight or bias.
    var isWhole: Bool { [.queryBias, .valueBias].contains(self) }
}

/// The tensors that one slot needs, in one block or outside the blocks.
package struct EncoderParameter: Sendable, Equatable {
    /// The role of the tensors.
    package let slot: EncoderSlot
    /// The index of the block, or of the group of blocks that share it; nil outside the blocks.
    package let layer: Int?
    /// The shape of the weight.
    package let weight: [Int]
    /// The shape of the bias, nil if there is none.
    package let bias: [Int]?
}

extension EncoderSpec {
    /// All parameters in a checkpoint of this encoder.
    ///
    /// Shapes are written only here.
    package var parameters: [EncoderParameter] {
        var all = embeddingParameters
        for layer in 0..<layerGroupCount {
            all +=
                mixerParameters(layer) + feedForwardParameters(layer) + normParameters(layer)
                + adapterParameters(layer)
        }
        if hasFinalNorm { all.append(norm(.finalNorm)) }
        return all
    }

    private func table(_ slot: EncoderSlot, _ rows: Int, _ columns: Int) -> EncoderParameter {
        EncoderParameter(slot: slot, layer: nil, weight: [rows, columns], bias: nil)
    }

    private func linear(
        _ slot: EncoderSlot, _ layer: Int?, _ outputs: Int, _ inputs: Int, bias: Bool
    ) -> EncoderParameter {
        EncoderParameter(slot: slot, layer: layer, weight: [outputs, inputs], bias: bias ? [outputs] : nil)
    }

    private func norm(_ slot: EncoderSlot, _ layer: Int? = nil, size: Int? = nil) -> EncoderParameter {
        let shape = [size ?? hiddenSize]
        return EncoderParameter(slot: slot, layer: layer, weight: shape, bias: norm.hasBias ? shape : nil)
    }

    private var embeddingParameters: [EncoderParameter] {
        var all = [table(.tokenEmbedding, vocabularySize, embeddings.size)]
        if let positions = embeddings.positions {
            all.append(table(.positionEmbedding, positions.count, embeddings.size))
        }
        if embeddings.tokenTypeCount > 0 {
            all.append(table(.tokenTypeEmbedding, embeddings.tokenTypeCount, embeddings.size))
        }
        if embeddings.hasNorm { all.append(norm(.embeddingNorm, size: embeddings.size)) }
        if embeddings.size != hiddenSize {
            all.append(linear(.embeddingProjection, nil, hiddenSize, embeddings.size, bias: true))
        }
        if case .buckets(let count, _) = attention.relativeBias {
            all.append(table(.relativeBias, count, attention.headCount))
        }
        if let disentangled = attention.disentangled {
            all.append(table(.distanceEmbedding, 2 * disentangled.span, hiddenSize))
            if disentangled.hasNorm { all.append(norm(.distanceNorm)) }
        }
        return all
    }

    private func mixerParameters(_ layer: Int) -> [EncoderParameter] {
        guard let convolution, convolution.layers.contains(layer) else { return attentionParameters(layer) }
        return [
            linear(.convolutionInput, layer, 3 * hiddenSize, hiddenSize, bias: convolution.hasBias),
            EncoderParameter(
                slot: .convolution, layer: layer, weight: [hiddenSize, 1, convolution.taps],
                bias: convolution.hasBias ? [hiddenSize] : nil),
            linear(.convolutionOutput, layer, hiddenSize, hiddenSize, bias: convolution.hasBias),
        ]
    }

    private func attentionParameters(_ layer: Int) -> [EncoderParameter] {
        let size = attention.headSize, queries = attention.headCount * size, keys = attention.keyValueHeadCount * size
        var all: [EncoderParameter] = []
        switch attention.fusion {
        case .parts:
            all.append(linear(.queryKeyValue, layer, queries + 2 * keys, hiddenSize, bias: attention.hasQueryKeyBias))
        case .heads:
            all.append(linear(.queryKeyValue, layer, queries + 2 * keys, hiddenSize, bias: false))
            all.append(EncoderParameter(slot: .queryBias, layer: layer, weight: [queries], bias: nil))
            all.append(EncoderParameter(slot: .valueBias, layer: layer, weight: [keys], bias: nil))
        case .none:
            all.append(linear(.query, layer, queries, hiddenSize, bias: attention.hasQueryKeyBias))
            all.append(linear(.key, layer, keys, hiddenSize, bias: attention.hasQueryKeyBias))
            all.append(linear(.value, layer, keys, hiddenSize, bias: attention.hasValueBias))
        }
        if let disentangled = attention.disentangled, !disentangled.sharesProjections {
            all.append(linear(.distanceQuery, layer, queries, hiddenSize, bias: true))
            all.append(linear(.distanceKey, layer, keys, hiddenSize, bias: disentangled.hasKeyBias))
        }
        if attention.normalizesHeads {
            all += [.queryNorm, .keyNorm].map { EncoderParameter(slot: $0, layer: layer, weight: [size], bias: nil) }
        }
        return all + [linear(.attentionOutput, layer, hiddenSize, queries, bias: attention.hasOutputBias)]
    }

    private func feedForwardParameters(_ layer: Int) -> [EncoderParameter] {
        let size = feedForward.size
        let wide: [(EncoderSlot, Int)] =
            switch feedForward.gate {
            case .none: [(.up, size)]
            case .separate: [(.gate, size), (.up, size)]
            case .fused: [(.gateUp, 2 * size)]
            }
        return wide.map { linear($0.0, layer, $0.1, hiddenSize, bias: feedForward.hasUpBias) }
            + [linear(.down, layer, hiddenSize, size, bias: feedForward.hasDownBias)]
    }

    private func adapterParameters(_ layer: Int) -> [EncoderParameter] {
        guard let adapter else { return [] }
        return (adapter.norm == .own ? [norm(.adapterNorm, layer)] : []) + [
            linear(.adapterUp, layer, adapter.size, hiddenSize, bias: true),
            linear(.adapterDown, layer, hiddenSize, adapter.size, bias: true),
        ]
    }

    private func normParameters(_ layer: Int) -> [EncoderParameter] {
        var all = [norm(.feedForwardNorm, layer)]
        if layer > 0 || normalizesFirstAttention { all.append(norm(.attentionNorm, layer)) }
        if normPlacement == .sandwich {
            all += [norm(.attentionOutputNorm, layer), norm(.feedForwardOutputNorm, layer)]
        }
        return all
    }
}
