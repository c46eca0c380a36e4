// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Multi-head self-attention within every text, with its projections.
struct SelfAttention: Sendable {
    let options: AttentionOptions
    let span: AttentionSpan
    /// Query, key and value as one layer.
    private(set) var queryKeyValue: LinearLayer
    /// Separates query, key and value if they are stored head by head.
    let separation: HeadSeparation?
    let queryNorm: RMSNorm?
    let keyNorm: RMSNorm?
    private(set) var output: LinearLayer
    /// The query and key projections of distances; nil if they use those of tokens.
    private(set) var distanceQueryKey: LinearLayer?

    /// Gives the layers their adapters.
    mutating func adapt(_ set: AdapterSet) {
        queryKeyValue.adapt(set)
        output.adapt(set)
        distanceQueryKey?.adapt(set)
    }

    /// The layer's output.
    ///
    /// - Parameters:
    ///   - x: `[totalTokens, hiddenSize]`, without the tokens computed before.
    ///   - residual: Added to the result, whose shape it has.
    ///   - context: Where texts begin, and their positions.
    ///   - layer: The index of the block.
    ///   - rows: The rows to compute; nil for all.
    /// - Returns: `[totalTokens, hiddenSize]`, or one row for each that is read.
    func callAsFunction(
        _ x: Tensor, residual: Tensor?, _ context: AttentionContext, layer: Int, reading rows: RowsRead?
    ) -> Tensor {
        let shape = AttentionShape(
            heads: options.headCount, keyValueHeads: options.keyValueHeadCount, scale: options.scale,
            left: span.left, right: span.right, relativeBias: context.relativeBias, positions: positions(context),
            dropout: context.dropout.attention)
        let mixed: Tensor
        if rows == nil, context.prefixes == nil, context.record == nil {
            mixed = heads(x, context).attention(context.texts, shape)
        } else {
            var parts = parts(x, context, rows)
            if let record = context.record {
                record.append(parts.keysAndValues.columnRange(parts.firstKey..<parts.keysAndValues.columns))
            }
            if let prefixes = context.prefixes {
                parts.keysAndValues = prefixes.joined(parts.keysAndValues, from: parts.firstKey, layer: layer)
                parts.firstKey = 0
            }
            mixed = Tensor.attention(
                queries: parts.queries, keysAndValues: parts.keysAndValues, firstKey: parts.firstKey, context.texts,
                choice: rows?.choice ?? context.prefixes?.own, shape)
        }
        return output(
            mixed, residual: residual, dropout: context.dropout.attentionOutput, place: DropoutPlace.attentionOutput)
    }

    /// The columns of the queries and those of the keys in the heads of a token.
    private var columns: (queries: Range<Int>, keys: Range<Int>) {
        let queries = options.headCount * options.headSize
        return (0..<queries, queries..<queries + options.keyValueHeadCount * options.headSize)
    }

    /// Query, key and value heads of all tokens side by side, normalised and rotated.
    private func heads(_ x: Tensor, _ context: AttentionContext) -> Tensor {
        var heads = queryKeyValue(x)
        if let separation { heads = separation(heads) }
        if let queryNorm { heads = queryNorm.normalizing(heads, columns: columns.queries) }
        if let keyNorm { heads = keyNorm.normalizing(heads, columns: columns.keys) }
        if let table = context.table(span.rotary) {
            heads = heads.rotated(
                by: table, heads: options.headCount + options.keyValueHeadCount, headSize: options.headSize)
        }
        return heads
    }

    /// The query heads of the rows that are read, and the keys and values of all, which begin with a column.
    private func parts(
        _ x: Tensor, _ context: AttentionContext, _ rows: RowsRead?
    ) -> (queries: Tensor, keysAndValues: Tensor, firstKey: Int) {
        let (queryColumns, keyColumns) = columns
        guard let rows, separation == nil, queryKeyValue.isDivisible(at: queryColumns.upperBound) else {
            let heads = heads(x, context)
            return (rows.map { heads.gatheringRows($0.rows) } ?? heads, heads, queryColumns.upperBound)
        }
        var queries = queryKeyValue(x.gatheringRows(rows.rows), columns: queryColumns)
        var keysAndValues = queryKeyValue(x, columns: queryColumns.upperBound..<queryKeyValue.outputSize)
        if let queryNorm { queries = queryNorm.normalizing(queries, columns: queryColumns) }
        if let keyNorm { keysAndValues = keyNorm.normalizing(keysAndValues, columns: 0..<keyColumns.count) }
        if let table = context.table(span.rotary) {
            queries = queries.rotated(
                by: table.choosing(rows.rows), heads: options.headCount, headSize: options.headSize)
            keysAndValues = keysAndValues.rotated(
                by: table, heads: options.keyValueHeadCount, headSize: options.headSize)
        }
        return (queries, keysAndValues, 0)
    }

    private func positions(_ context: AttentionContext) -> DisentangledPositions? {
        context.distances.map { embeddings, rows in
            DisentangledPositions(table: (distanceQueryKey ?? queryKeyValue)(embeddings), rows: rows)
        }
    }
}
