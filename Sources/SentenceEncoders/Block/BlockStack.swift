// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The blocks of a transformer one behind another, whatever it was that became vectors before the first.
struct BlockStack: Sendable {
    private let spec: EncoderSpec
    private let blocks: [TransformerBlock]
    private let finalNorm: Normalization?
    private let distanceBuckets: Parameter?
    private let distances: DistanceTable?

    /// Makes the blocks of some weights.
    ///
    /// - Parameters:
    ///   - weights: What the checkpoint holds, or training has made of it.
    ///   - groups: The blocks whose weights differ from those of `other`; all others are taken from there.
    ///   - other: A stack of the same spec, if there is one.
    init(_ weights: EncoderWeights, remaking groups: Set<Int> = [], of other: BlockStack? = nil) {
        spec = weights.spec
        blocks = weights.blocks(remaking: groups, of: other?.blocks ?? [])
        finalNorm = weights.norm(.finalNorm)
        if case .buckets = spec.attention.relativeBias {
            distanceBuckets = weights.table(.relativeBias)
        } else {
            distanceBuckets = nil
        }
        distances = weights.distances()
    }

    /// The hidden states before the first block and behind each, or only behind the last.
    ///
    /// - Parameters:
    ///   - x: What the blocks begin with, `[totalTokens, hiddenSize]`.
    ///   - texts: Where each text begins.
    ///   - all: Whether all of them are asked for.
    /// - Returns: `[totalTokens, hiddenSize]` for each layer.
    func callAsFunction(_ x: Tensor, _ texts: TextOffsets, all: Bool) -> [Tensor] {
        let context = AttentionContext(texts, spec, buckets: distanceBuckets, distances: distances)
        var x = x
        var states: [Tensor] = []
        for block in blocks {
            if all { states.append(x) }
            x = block(x, context)
        }
        return states + [finalNorm(x)]
    }
}
