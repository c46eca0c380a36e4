// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

extension Tensor {
    /// For each query and document: the sum, over the query's rows, of the largest product with a document row.
    ///
    /// The products of a query and a document are never in memory as a whole. For a few documents at a time, the
    /// products with the rows of many queries are computed in tiles that fit in the cache, and each tile is reduced
    /// there. The backward pass computes them again, pair by pair.
    ///
    /// Khattab and Zaharia, *ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over
    /// BERT*, 2020, <https://arxiv.org/abs/2004.12832>, equation 3.
    /// - Parameters:
    ///   - queries: `[tokens, size]` for each query.
    ///   - documents: `[tokens, size]` for each document.
    ///   - emptyScore: The score of a document without rows.
    /// - Returns: `[queries, documents]`.
    package static func maxSim(_ queries: [Tensor], _ documents: [Tensor], emptyScore: Float) -> Tensor {
        let scores = Tensor(shape: [queries.count, documents.count]) { out in
            guard let start = out.baseAddress else { return }
            for chunk in chunks(of: queries) {
                MaxSim(queries[chunk], documents, emptyScore, out: start, firstQuery: chunk.lowerBound)()
            }
        }
        return scores.recorded(from: (queries + documents).map(\.node)) { gradient in
            maxSimGradients(gradient, queries.map(\.detached), documents.map(\.detached))
        }
    }

    /// The gradient of every query and of every document.
    ///
    /// A pair's gradient goes to each row of the query and to the first document row that it is most similar to.
    private static func maxSimGradients(_ gradient: Tensor, _ queries: [Tensor], _ documents: [Tensor]) -> [Tensor] {
        let slopes = gradient.floats
        let alike = Alike(queries: queries, documents: documents, slopes: slopes)
        let kernels = Execution.current.kernels
        func sums(
            over others: [Tensor], of tensor: Tensor, pair: (Int) -> Int, swapped: Bool
        ) -> Tensor {
            Tensor(shape: tensor.shape) { out in
                out.initialize(repeating: 0)
                for (index, other) in others.enumerated() {
                    let pair = pair(index)
                    withExtendedLifetime(other.storage) {
                        for (queryRow, documentRow) in alike.rows[pair].enumerated() {
                            let (to, from) = swapped ? (documentRow, queryRow) : (queryRow, documentRow)
                            kernels.table.pointee.axpy_f32(
                                out.baseAddress! + to * tensor.columns, slopes[pair],
                                other.pointer + from * tensor.columns,
                                tensor.columns)
                        }
                    }
                }
            }
        }
        let count = documents.count
        return queries.indices.map { query in
            sums(over: documents, of: queries[query], pair: { query * count + $0 }, swapped: false)
        }
            + documents.indices.map { document in
                sums(over: queries, of: documents[document], pair: { $0 * count + document }, swapped: true)
            }
    }

    /// For each pair, the document row most similar to each query row; empty if the pair has no gradient.
    private struct Alike {
        let rows: [[Int]]

        init(queries: [Tensor], documents: [Tensor], slopes: [Float]) {
            rows = queries.indices.flatMap { query in
                documents.indices.map { document in
                    guard slopes[query * documents.count + document] != 0, documents[document].rows > 0 else {
                        return []
                    }
                    let products = queries[query].product(transposed: documents[document])
                    return (0..<products.rows).map { products.firstMaximum(ofRow: $0) }
                }
            }
        }
    }

    /// The first column that contains the largest element of a row.
    private func firstMaximum(ofRow row: Int) -> Int {
        withExtendedLifetime(storage) {
            let elements = pointer + row * columns
            var best = 0
            for column in 1..<max(columns, 1) where elements[column] > elements[best] { best = column }
            return best
        }
    }

    /// Groups of queries to multiply together, at least one each, whose rows fit in the outer caches.
    private static func chunks(of queries: [Tensor]) -> [Range<Int>] {
        let rowLimit = 2048
        var chunks: [Range<Int>] = []
        var (first, rows) = (0, 0)
        for (index, query) in queries.enumerated() {
            if index > first, rows + query.rows > rowLimit {
                chunks.append(first..<index)
                (first, rows) = (index, 0)
            }
            rows += query.rows
        }
        return first < queries.count ? chunks + [first..<queries.count] : chunks
    }
}

/// The scores of some queries with all documents.
///
/// `@unchecked Sendable`: the addresses stay valid while it computes, and every document writes only its own column.
private struct MaxSim: @unchecked Sendable {
    /// The rows of all queries as columns.
    let matrix: PackedMatrix
    /// Where the rows of each query begin.
    let texts: TextOffsets
    let documents: [Tensor]
    let emptyScore: Float
    let out: UnsafeMutablePointer<Float>
    let firstQuery: Int
    let kernels: sk_kernels

    /// The number of document rows multiplied at a time.
    private static let rowBlock = 192
    /// The number of elements of a tile, chosen so that it fits in the L2 cache beside the rows and the panels.
    private static let tileSize = 1 << 15
    /// The number of documents that a thread takes at a time.
    private static let documentBlock = 16

    init(
        _ queries: ArraySlice<Tensor>, _ documents: [Tensor], _ emptyScore: Float, out: UnsafeMutablePointer<Float>,
        firstQuery: Int
    ) {
        texts = TextOffsets(counts: queries.map(\.rows))
        matrix = PackedMatrix(transposing: queries.filter { $0.rows > 0 }.map(\.detached))
        self.documents = documents
        self.emptyScore = emptyScore
        self.out = out
        self.firstQuery = firstQuery
        kernels = Execution.current.kernels.table.pointee
    }

    func callAsFunction() {
        let blocks = (documents.count + Self.documentBlock - 1) / Self.documentBlock
        Parallel.forEach(blocks) { block in
            let first = block * Self.documentBlock
            BufferPool.shared.withBytes((matrix.columns + Self.tileSize) * MemoryLayout<Float>.stride) { bytes in
                let maxima = bytes.assumingMemoryBound(to: Float.self)
                for document in first..<min(first + Self.documentBlock, documents.count) {
                    score(document, maxima, tile: maxima + matrix.columns)
                }
            }
        }
    }

    /// Writes the column of one document.
    private func score(_ document: Int, _ maxima: UnsafeMutablePointer<Float>, tile: UnsafeMutablePointer<Float>) {
        let isEmpty = documents[document].rows == 0
        if !isEmpty { maximize(over: documents[document], maxima, tile) }
        let target = out + document
        for query in 0..<texts.count {
            let sum = isEmpty ? emptyScore : texts[query].reduce(into: Float(0)) { $0 += maxima[$1] }
            target[(firstQuery + query) * documents.count] = sum
        }
    }

    /// The largest product of each query row with a row of the document.
    private func maximize(
        over document: Tensor, _ maxima: UnsafeMutablePointer<Float>, _ tile: UnsafeMutablePointer<Float>
    ) {
        maxima.update(repeating: -.infinity, count: matrix.columns)
        let width = matrix.product.pointee.panel_width
        let panelsOfTile = max(1, Self.tileSize / (Self.rowBlock * width))
        withExtendedLifetime(document.storage) {
            for firstRow in stride(from: 0, to: document.rows, by: Self.rowBlock) {
                let rows = min(Self.rowBlock, document.rows - firstRow)
                for firstPanel in stride(from: 0, to: matrix.panelCount, by: panelsOfTile) {
                    let panels = firstPanel..<min(firstPanel + panelsOfTile, matrix.panelCount)
                    let first = firstPanel * width, count = min(panels.upperBound * width, matrix.columns) - first
                    // The product writes to absolute columns.
                    MatrixProduct(
                        document.pointer + firstRow * document.columns, rowStride: document.columns, rows: rows, matrix,
                        into: tile - first, stride: count)(panels: panels)
                    for row in 0..<rows { kernels.maximum_f32(maxima + first, tile + row * count, count) }
                }
            }
        }
    }
}
