// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension EncoderWeights {
    /// The tables and layers that precede the blocks.
    func embeddings() -> Embeddings {
        Embeddings(
            tokens: embedding(.tokenEmbedding), scale: spec.embeddings.scale,
            tokenTypes: spec.embeddings.tokenTypeCount > 0 ? embedding(.tokenTypeEmbedding) : nil,
            positions: spec.embeddings.positions.map { _ in embedding(.positionEmbedding) },
            learnedPositions: spec.embeddings.positions, norm: norm(.embeddingNorm),
            projection: spec.embeddings.size == spec.hiddenSize
                ? nil : linear(.embeddingProjection, layer: nil),
            dropout: spec.dropout.embeddings)
    }

    /// All blocks; those that share weights share their packed matrices.
    ///
    /// Blocks in `made` are reused, except for the given groups.
    func blocks(remaking groups: Set<Int> = [], of made: [TransformerBlock] = []) -> [TransformerBlock] {
        let remade = groups
        var groups: [Int: TransformerBlock] = [:]
        return (0..<spec.layerCount).map { layer in
            let group = spec.group(ofLayer: layer)
            if made.indices.contains(layer), !remade.contains(group) { return made[layer] }
            let known = groups[group]
            let block = TransformerBlock(
                placement: spec.normPlacement,
                mixer: mixer(layer, group, like: known?.mixer),
                attentionNorm: known?.attentionNorm ?? norm(.attentionNorm, layer: group),
                attentionOutputNorm: norm(.attentionOutputNorm, layer: group),
                feedForward: known?.feedForward ?? feedForward(group),
                adapter: adapter(group),
                feedForwardNorm: known?.feedForwardNorm ?? norm(.feedForwardNorm, layer: group),
                feedForwardOutputNorm: norm(.feedForwardOutputNorm, layer: group))
            groups[group] = block
            return block
        }
    }

    /// Attention or a convolution; what blocks share is taken from a known block.
    private func mixer(_ layer: Int, _ group: Int, like known: TokenMixer?) -> TokenMixer {
        if spec.convolution?.layers.contains(group) ?? false {
            return .convolution(
                ShortConvolution(
                    input: linear(.convolutionInput, layer: group),
                    convolution: gatedConvolution(layer: group), output: linear(.convolutionOutput, layer: group)))
        }
        if case .attention(let known)? = known { return .attention(attention(layer, group, like: known)) }
        return .attention(attention(layer, group, like: nil))
    }

    private func attention(_ layer: Int, _ group: Int, like known: SelfAttention?) -> SelfAttention {
        let slots: [EncoderSlot] = spec.attention.fusion == .none ? [.query, .key, .value] : [.queryKeyValue]
        return SelfAttention(
            options: spec.attention, span: spec.spans[layer],
            queryKeyValue: known?.queryKeyValue ?? linear(slots, layer: group),
            separation: headSeparation(group),
            queryNorm: headNorm(.queryNorm, layer: group), keyNorm: headNorm(.keyNorm, layer: group),
            output: known?.output ?? linear(.attentionOutput, layer: group),
            distanceQueryKey: known?.distanceQueryKey ?? distanceQueryKey(group))
    }

    /// The layer that separates queries, keys and values stored head by head.
    private func headSeparation(_ group: Int) -> HeadSeparation? {
        guard spec.attention.fusion == .heads else { return nil }
        return HeadSeparation(
            heads: spec.attention.headCount, queryBias: tensor(.queryBias, layer: group),
            valueBias: tensor(.valueBias, layer: group))
    }

    /// The query and key projections of distances, if they differ from those of tokens.
    private func distanceQueryKey(_ group: Int) -> LinearLayer? {
        guard let disentangled = spec.attention.disentangled, !disentangled.sharesProjections else { return nil }
        return linear([.distanceQuery, .distanceKey], layer: group)
    }

    /// The table of distances, if there is one.
    func distances() -> DistanceTable? {
        spec.attention.disentangled.map {
            DistanceTable(options: $0, table: embedding(.distanceEmbedding), norm: norm(.distanceNorm))
        }
    }

    /// The adapter of a block, if there is one.
    private func adapter(_ group: Int) -> Adapter? {
        spec.adapter.map { options in
            let norm =
                options.norm == .feedForward ? norm(.feedForwardNorm, layer: group) : norm(.adapterNorm, layer: group)
            return Adapter(
                norm: norm,
                feedForward: FeedForward(
                    up: linear(.adapterUp, layer: group), gate: .none,
                    activation: spec.feedForward.activation, down: linear(.adapterDown, layer: group)),
                addsNormalized: options.addsNormalized)
        }
    }

    private func feedForward(_ group: Int) -> FeedForward {
        let slots: [EncoderSlot] =
            switch spec.feedForward.gate {
            case .none: [.up]
            case .separate: [.gate, .up]
            case .fused: [.gateUp]
            }
        return FeedForward(
            up: linear(slots, layer: group), gate: spec.feedForward.gate,
            activation: spec.feedForward.activation, down: linear(.down, layer: group))
    }
}
