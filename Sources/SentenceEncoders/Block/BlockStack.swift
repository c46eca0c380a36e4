// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A stack of transformer blocks, regardless of what computed the input of the first one.
struct BlockStack: Sendable {
    private let spec: EncoderSpec
    private var blocks: [TransformerBlock]
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

    /// Gives the layers of all blocks their adapters.
    mutating func adapt(_ set: AdapterSet) {
        for index in blocks.indices { blocks[index].adapt(set) }
    }

    /// The hidden states before the first block and after each block, or only after the last.
    ///
    /// - Parameters:
    ///   - x: The input of the first block, `[totalTokens, hiddenSize]`.
    ///   - texts: Where each text begins.
    ///   - all: Whether to return all of them instead of only the last.
    /// - Returns: `[totalTokens, hiddenSize]` for each one.
    func callAsFunction(_ x: Tensor, _ texts: TextOffsets, all: Bool) -> [Tensor] {
        var states: [Tensor] = []
        let last = run(x, context(texts)) { if all { states.append($0) } }
        return states + [last]
    }

    /// The hidden states after the last block of some tokens, each with the bits that it has among all.
    ///
    /// Has no gradient.
    /// - Parameters:
    ///   - x: The input of the first block, one row for each token that has not been computed before.
    ///   - texts: Where each text begins, with the tokens computed before.
    ///   - prefixes: The tokens computed before; nil if there are none.
    ///   - rows: The rows of `x` whose states are wanted, ascending; nil for all.
    ///   - record: Where the keys and values of each block are kept.
    /// - Returns: `[rows, hiddenSize]`.
    func states(
        _ x: Tensor, _ texts: TextOffsets, after prefixes: TextPrefixes?, rows: [Int]?, record: KeyValueRecord? = nil
    ) -> Tensor {
        let choice = rows.map { rows in
            TokenChoice(prefixes.map { prefixes in rows.map { prefixes.own.rows[$0] } } ?? rows, of: texts)
        }
        return run(
            x, context(texts, prefixes: prefixes, record: record),
            reading: rows.flatMap { rows in choice.map { RowsRead(rows: rows, choice: $0) } })
    }

    private func context(
        _ texts: TextOffsets, prefixes: TextPrefixes? = nil, record: KeyValueRecord? = nil
    ) -> AttentionContext {
        AttentionContext(
            texts, spec, buckets: distanceBuckets, distances: distances, prefixes: prefixes, record: record)
    }

    /// Runs all blocks, of which the last computes only the rows that are read; `before` sees the input of each.
    private func run(
        _ x: Tensor, _ context: AttentionContext, reading rows: RowsRead? = nil, before: (Tensor) -> Void = { _ in }
    ) -> Tensor {
        var x = x
        for (index, block) in blocks.enumerated() {
            before(x)
            let rows = index == blocks.count - 1 ? rows : nil
            x = Execution.at(place: index) { block(x, context, layer: index, reading: rows) }
        }
        return finalNorm(x)
    }
}
