// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Multi-head self-attention within every text, with its projections.
struct SelfAttention: Sendable {
    let options: AttentionOptions
    let span: AttentionSpan
    /// Query, key and value as one layer.
    let queryKeyValue: LinearLayer
    /// Separates query, key and value if they are stored head by head.
    let separation: HeadSeparation?
    let queryNorm: RMSNorm?
    let keyNorm: RMSNorm?
    let output: LinearLayer
    /// The query and key projections of distances; nil if they use those of tokens.
    let distanceQueryKey: LinearLayer?

    /// The layer's output.
    ///
    /// - Parameters:
    ///   - x: `[totalTokens, hiddenSize]`.
    ///   - residual: Added to the result, `[totalTokens, hiddenSize]`.
    ///   - context: Where texts begin, and their positions.
    /// - Returns: `[totalTokens, hiddenSize]`.
    func callAsFunction(_ x: Tensor, residual: Tensor?, _ context: AttentionContext) -> Tensor {
        let size = options.headSize
        let queries = options.headCount * size, keys = options.keyValueHeadCount * size
        var heads = queryKeyValue(x)
        if let separation { heads = separation(heads) }
        if let queryNorm { heads = queryNorm.normalizing(heads, columns: 0..<queries) }
        if let keyNorm { heads = keyNorm.normalizing(heads, columns: queries..<queries + keys) }
        if let table = context.table(span.rotary) {
            heads = heads.rotated(by: table, heads: options.headCount + options.keyValueHeadCount, headSize: size)
        }
        let shape = AttentionShape(
            heads: options.headCount, keyValueHeads: options.keyValueHeadCount, scale: options.scale,
            left: span.left, right: span.right, relativeBias: context.relativeBias, positions: positions(context),
            dropout: context.dropout.attention)
        return output(
            heads.attention(context.texts, shape), residual: residual, dropout: context.dropout.attentionOutput,
            place: DropoutPlace.attentionOutput)
    }

    private func positions(_ context: AttentionContext) -> DisentangledPositions? {
        context.distances.map { embeddings, rows in
            DisentangledPositions(table: (distanceQueryKey ?? queryKeyValue)(embeddings), rows: rows)
        }
    }
}
