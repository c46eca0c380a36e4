// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A stack of transformer blocks, regardless of what computed the input of the first one.
struct BlockStack: Sendable {
    private let spec: EncoderSpec
    private let blocks: [TransformerBlock]
    private let finalNorm: Normalization?
    private let distanceBuckets: Parameter?
    private let distances: DistanceTable?

    /// Builds the blocks from weights.
    ///
    /// - Parameters:
    ///   - weights: The weights, from a checkpoint or changed by training.
    ///   - groups: The groups of blocks whose weights differ from those in `other`; the others are reused.
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

    /// The hidden states before the first block and after each block, or only after the last.
    ///
    /// - Parameters:
    ///   - x: The input of the first block, `[totalTokens, hiddenSize]`.
    ///   - texts: Where each text begins.
    ///   - all: Whether to return all of them instead of only the last.
    /// - Returns: `[totalTokens, hiddenSize]` for each one.
    func callAsFunction(_ x: Tensor, _ texts: TextOffsets, all: Bool) -> [Tensor] {
        let context = AttentionContext(texts, spec, buckets: distanceBuckets, distances: distances)
        var x = x
        var states: [Tensor] = []
        for (index, block) in blocks.enumerated() {
            if all { states.append(x) }
            x = Execution.at(place: index) { block(x, context) }
        }
        return states + [finalNorm(x)]
    }
}
