// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension SimilarityFunction {
    /// The similarities of all pairs of sparse rows, computed without making them dense.
    ///
    /// - Parameters:
    ///   - a: `[n, dimensions]`.
    ///   - b: `[m, dimensions]`.
    /// - Returns: `[n, m]`.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func callAsFunction(_ a: SparseMatrix, _ b: SparseMatrix) throws -> Matrix {
        try Self.check(a.shape, b.shape)
        let (rows, columns) = (a.rows, b.rows)
        let norms = self == .cosine ? (a.norms, b.norms) : nil
        let result = Tensor(shape: [rows, columns]) { out in
            // Every range writes only its own columns.
            nonisolated(unsafe) let out = out.baseAddress!
            Execution.with(threads: Parallel.availableThreads) {
                Parallel.forRanges(columns, grain: 64) { range in
                    // One row of `a` at a time is spread out by column, so that products only look up columns of `b`.
                    var lookup = [Float](repeating: 0, count: a.columns)
                    for row in 0..<rows {
                        let left = SparseRow(a, row)
                        for (index, value) in zip(left.indices, left.values) { lookup[Int(index)] = value }
                        for column in range {
                            out[row * columns + column] = compare(left, SparseRow(b, column), lookup)
                        }
                        for index in left.indices { lookup[Int(index)] = 0 }
                        guard let norms else { continue }
                        for column in range { out[row * columns + column] /= norms.0[row] * norms.1[column] }
                    }
                }
            }
        }
        return Matrix(result)
    }

    /// The similarity of each sparse row with the row of the same index.
    ///
    /// - Parameters:
    ///   - a: `[n, dimensions]`.
    ///   - b: `[n, dimensions]`.
    /// - Returns: `n` similarities.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in number or dimensions.
    public func pairwise(_ a: SparseMatrix, _ b: SparseMatrix) throws -> [Float] {
        try Self.checkPairs(a.shape, b.shape)
        let norms = self == .cosine ? (a.norms, b.norms) : nil
        return (0..<a.rows).map { row in
            let compared = compare(SparseRow(a, row), SparseRow(b, row), nil)
            return norms.map { compared / ($0.0[row] * $0.1[row]) } ?? compared
        }
    }

    /// The dot product or the negative distance of two rows; `lookup` holds the first row's elements by column.
    private func compare(_ a: SparseRow, _ b: SparseRow, _ lookup: [Float]?) -> Float {
        switch self {
        case .cosine, .dot:
            guard let lookup else { return a.sum(b) { $0 * $1 } }
            var sum = 0.0
            for (index, value) in zip(b.indices, b.values) { sum += Double(lookup[Int(index)]) * Double(value) }
            return Float(sum)
        case .euclidean: return -a.sum(b) { ($0 - $1) * ($0 - $1) }.squareRoot()
        case .manhattan: return -a.sum(b) { abs($0 - $1) }
        }
    }
}

extension SparseRow {
    /// The sum of a term over all columns that either row has.
    ///
    /// In double precision, since one sum after another loses digits that a correlation of similar texts shows.
    fileprivate func sum(_ other: SparseRow, _ term: (Double, Double) -> Double) -> Float {
        var sum = 0.0
        merge(other) { _, a, b in sum += term(Double(a), Double(b)) }
        return Float(sum)
    }
}

extension SparseMatrix {
    /// The length of each row; at least a tiny number, so that it can be divided by.
    fileprivate var norms: [Float] {
        let smallest: Float = 1e-12
        return (0..<rows).map { row in
            let squares = values[rowOffsets[row]..<rowOffsets[row + 1]].reduce(0.0) { $0 + Double($1) * Double($1) }
            return Swift.max(smallest, Float(squares.squareRoot()))
        }
    }
    /// The rows scaled to unit length; zeros stay zeros.
    var normalized: SparseMatrix {
        var scaled = values
        for (row, norm) in norms.enumerated() {
            for place in rowOffsets[row]..<rowOffsets[row + 1] { scaled[place] /= norm }
        }
        return SparseMatrix(checkedRowOffsets: rowOffsets, indices: indices, values: scaled, columns: columns)
    }
}
