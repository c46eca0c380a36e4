// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import SentenceTransformers

/// How sparse the embeddings of an evaluation are, as the reference counts it.
struct SparsityCount {
    private var rows = 0
    private var active = 0
    private var columns = 0
    /// How many rows have an element in each column.
    private var columnCounts: [Int] = []

    /// Adds embeddings; those that are not sparse are not counted.
    mutating func add<Model: SimilarityEncoder>(_ embeddings: Model.Embeddings, of type: Model.Type) {
        guard let sparse = Model.sparseRows(embeddings) else { return }
        add(sparse, rows: 0..<sparse.rows)
    }

    /// Adds some rows.
    mutating func add(_ sparse: SparseMatrix, rows selected: some Sequence<Int>) {
        columns = sparse.columns
        if columnCounts.isEmpty { columnCounts = [Int](repeating: 0, count: columns) }
        for row in selected {
            let range = sparse.rowOffsets[row]..<sparse.rowOffsets[row + 1]
            rows += 1
            active += range.count
            for index in sparse.indices[range] { columnCounts[Int(index)] += 1 }
        }
    }

    /// Adds what others counted.
    mutating func add(_ other: SparsityCount) {
        rows += other.rows
        active += other.active
        columns = max(columns, other.columns)
        if columnCounts.isEmpty { columnCounts = [Int](repeating: 0, count: columns) }
        for (column, count) in other.columnCounts.enumerated() { columnCounts[column] += count }
    }

    /// The mean number of elements that are not zero, and the share of those that are; none without sparse embeddings.
    func metrics(_ prefix: String = "") -> [Metric] {
        guard rows > 0, columns > 0 else { return [] }
        let mean = Double(active) / Double(rows)
        return [Metric(prefix + "active_dims", mean), Metric(prefix + "sparsity_ratio", 1 - mean / Double(columns))]
    }

    /// The mean number of products of a query with a document: Σ over columns of the shares of rows that have it.
    ///
    /// Paria et al., *Minimizing FLOPs to Learn Efficient Sparse Representations*, 2020,
    /// <https://arxiv.org/abs/2004.05665>.
    func averageProducts(with other: SparsityCount) -> [Metric] {
        guard rows > 0, other.rows > 0 else { return [] }
        let sum = zip(columnCounts, other.columnCounts).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        return [Metric("avg_flops", sum / (Double(rows) * Double(other.rows)))]
    }
}
