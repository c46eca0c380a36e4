// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// Vectors for distances that queries and keys are compared with, in addition to each other.
///
/// He et al., *DeBERTa: Decoding-enhanced BERT with Disentangled Attention*, 2020, <https://arxiv.org/abs/2006.03654>.
package struct DisentangledPositions: Sendable {
    /// A vector for each bucket of distances, first for the query heads, then for the key heads: `[buckets, columns]`.
    package var table: Tensor
    /// At index longest - 1 + j - i, the table's row for query i and key j: `[2 * longest - 1]`.
    package var rows: [Int32]

    /// Vectors for the buckets, and the bucket of each distance.
    package init(table: Tensor, rows: [Int32]) {
        self.table = table
        self.rows = rows
    }
}

/// What distances add to the scores of one head in one text, `[length, buckets]` for queries and for keys.
///
/// Memory grows with the length, not with its square.
struct PositionTerms {
    private let loop: HeadLoop
    private let head: Head
    private let positions: DisentangledPositions?
    private let queryTerms: Tensor?
    private let keyTerms: Tensor?
    private let queryGradient: Tensor?
    private let keyGradient: Tensor?

    init(_ loop: HeadLoop, _ head: Head) {
        self.loop = loop
        self.head = head
        positions = loop.shape.positions
        guard let positions else {
            (queryTerms, keyTerms, queryGradient, keyGradient) = (nil, nil, nil, nil)
            return
        }
        let (heads, size) = (loop.shape.heads, loop.headSize)
        precondition(
            heads == loop.shape.keyValueHeads && positions.table.columns >= 2 * heads * size,
            "positions \(positions.table.shape) do not fit \(heads) heads of \(size)")
        let buckets = positions.table.rows
        func terms(_ heads: Tensor, rows: Range<Int>, from offset: Int, with tableOffset: Int) -> Tensor {
            Tensor(shape: [rows.count, buckets]) { out in
                let packed = PackedMatrix(
                    positions.table.pointer + tableOffset, rows: size, columns: buckets,
                    columnStride: positions.table.columns, rowStride: 1)
                MatrixProduct(
                    heads.pointer + rows.lowerBound * heads.columns + offset, rowStride: heads.columns,
                    rows: rows.count, packed, into: out.baseAddress!, stride: buckets)()
            }
        }
        // The table has the vectors of keys behind those of queries.
        let queryOffset = head.index * size, tableKeyOffset = (heads + head.index) * size
        let queryRows = head.firstQuery..<head.firstQuery + head.queryCount
        queryTerms = terms(loop.queries, rows: queryRows, from: queryOffset, with: tableKeyOffset)
        keyTerms = terms(
            loop.keysAndValues, rows: head.first..<head.first + head.length, from: loop.keyOffset(head),
            with: queryOffset)
        (queryGradient, keyGradient) = (.zeros([queryRows.count, buckets]), .zeros([head.length, buckets]))
    }

    /// Calls `body` with the arguments of attention, including these terms.
    func attach(to arguments: sk_attention, _ body: (sk_attention) -> Void) {
        guard let positions, let queryTerms, let keyTerms else { return body(arguments) }
        withExtendedLifetime((queryTerms.storage, keyTerms.storage)) {
            positions.rows.withUnsafeBufferPointer { rows in
                var arguments = arguments
                arguments.query_terms = queryTerms.pointer
                arguments.key_terms = keyTerms.pointer
                arguments.term_stride = positions.table.rows
                arguments.term_positions = rows.baseAddress.map { $0 + rows.count / 2 }
                body(arguments)
            }
        }
    }

    /// Where the gradients of the terms are accumulated.
    var gradients: (query: UnsafeMutablePointer<Float>, key: UnsafeMutablePointer<Float>)? {
        guard let queryGradient, let keyGradient else { return nil }
        return (
            queryGradient.fresh, keyGradient.fresh
        )
    }

    /// Adds the gradients that flow through the terms to those of queries, keys and distance vectors.
    func spread(
        toQuery dQuery: UnsafeMutablePointer<Float>, key dKey: UnsafeMutablePointer<Float>, table dTable: Tensor
    ) {
        guard let queryGradient, let keyGradient else { return }
        let (queryOffset, keyOffset) = (head.index * loop.headSize, loop.keyOffset(head))
        spread(queryGradient, to: dQuery, from: queryOffset, dTable, keyOffset)
        spread(keyGradient, to: dKey, from: keyOffset, dTable, queryOffset)
    }

    private func spread(
        _ gradient: Tensor, to dRows: UnsafeMutablePointer<Float>, from offset: Int, _ dTable: Tensor,
        _ tableOffset: Int
    ) {
        guard let table = positions?.table else { return }
        let (stride, size) = (loop.queries.columns, loop.headSize)
        withExtendedLifetime((gradient.storage, table.storage, dTable.storage)) {
            let vectors = PackedMatrix(
                table.pointer + tableOffset, rows: table.rows, columns: size, columnStride: 1, rowStride: table.columns)
            MatrixProduct(
                gradient.pointer, rowStride: table.rows, rows: head.length, vectors, into: dRows, stride: stride
            ).accumulating(true)()
            let rows = PackedMatrix(
                loop.queries.pointer + head.first * stride + offset, rows: head.length, columns: size, columnStride: 1,
                rowStride: stride)
            MatrixProduct(
                gradient.pointer, rowStride: 1, columnStride: table.rows, rows: table.rows, rows,
                into: dTable.fresh + tableOffset, stride: table.columns
            ).accumulating(true)()
        }
    }
}
