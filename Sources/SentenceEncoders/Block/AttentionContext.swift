// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// What all blocks share in one pass over a batch: where texts begin, and everything that depends on positions.
struct AttentionContext: Sendable {
    let texts: TextOffsets
    /// The tokens before each text that were computed before; nil if there are none.
    let prefixes: TextPrefixes?
    /// Where the keys and values of each block are kept; nil if nobody needs them.
    let record: KeyValueRecord?
    /// What training leaves out.
    let dropout: DropoutRates
    private let rotaryTables: [RotaryOptions: RotaryTable]
    /// The relative bias `[heads, 2 * longest - 1]`, if there is one.
    let relativeBias: Tensor?
    /// The vectors for distances and the row of each distance, if there are any.
    let distances: (embeddings: Tensor, rows: [Int32])?

    /// The context of a batch; `buckets` holds the learned biases of the distance buckets, `[buckets, heads]`.
    init(
        _ texts: TextOffsets, _ spec: EncoderSpec, buckets: Parameter?, distances table: DistanceTable?,
        prefixes: TextPrefixes? = nil, record: KeyValueRecord? = nil
    ) {
        self.texts = texts
        self.prefixes = prefixes
        self.record = record
        dropout = spec.dropout
        let longest = (0..<texts.count).reduce(1) { max($0, texts[$1].count) }
        var tables: [RotaryOptions: RotaryTable] = [:]
        for case let rotary? in Set(spec.spans.map(\.rotary)) {
            let table = RotaryTable(
                texts, magnitude: rotary.magnitude, kind: rotary.kind, frequencies: rotary.frequencies)
            tables[rotary] = prefixes.map { table.choosing($0.own.rows) } ?? table
        }
        rotaryTables = tables
        distances = table?.vectors(longest: longest)
        let distances = 1 - longest..<longest
        switch spec.attention.relativeBias {
        case .buckets(let count, let maximumDistance):
            relativeBias = buckets?.value.gatheredAsColumns(
                distances.map { RelativeBias.bucket($0, count: count, maximumDistance: maximumDistance) })
        case .slopes(let slopes):
            relativeBias = Tensor(
                slopes.flatMap { slope in distances.map { -slope * Float(abs($0)) } },
                shape: [slopes.count, distances.count])
        case nil: relativeBias = nil
        }
    }

    /// The angles of a span for each token of the input, if it has rotary positions.
    func table(_ rotary: RotaryOptions?) -> RotaryTable? { rotary.flatMap { rotaryTables[$0] } }
}
