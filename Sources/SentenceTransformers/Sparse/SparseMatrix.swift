// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A matrix most of whose elements are zero, row by row: the embeddings of many texts by a ``SparseEncoder``.
///
/// Compressed sparse rows: the indices and values of all rows stand one after another.
public struct SparseMatrix: Sendable, Equatable {
    /// The number of columns, such as words of a vocabulary.
    public let columns: Int
    /// Where each row's elements begin, and behind them the number of all: `[rows + 1]`.
    public let rowOffsets: [Int]
    /// The columns of the elements that are not zero, ascending in each row.
    public let indices: [Int32]
    /// The elements at these columns.
    public let values: [Float]

    /// The number of rows, such as texts.
    public var rows: Int { rowOffsets.count - 1 }
    /// `[rows, columns]`.
    public var shape: [Int] { [rows, columns] }

    /// A matrix of the given rows, which all have `columns` elements.
    public init(rows: [SparseVector], columns: Int) {
        precondition(rows.allSatisfy { $0.dimension == columns }, "rows differ from \(columns) columns")
        self.columns = columns
        rowOffsets = rows.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.activeCount) }
        indices = rows.flatMap { $0.indices.map(Int32.init) }
        values = rows.flatMap(\.values)
    }

    /// The elements of a dense matrix that are not zero.
    public init(_ matrix: Matrix) {
        self.init(rows: (0..<matrix.rows).map { SparseVector(matrix[$0]) }, columns: matrix.columns)
    }

    /// One row.
    public subscript(row: Int) -> SparseVector {
        precondition((0..<rows).contains(row), "row \(row) of \(rows)")
        let range = rowOffsets[row]..<rowOffsets[row + 1]
        return SparseVector(dimension: columns, indices: indices[range].map(Int.init), values: Array(values[range]))
    }

    /// All elements, zeros included: `rows * columns * 4` bytes.
    public var dense: Matrix {
        var elements = [Float](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for place in rowOffsets[row]..<rowOffsets[row + 1] {
                elements[row * columns + Int(indices[place])] = values[place]
            }
        }
        return Matrix(elements, rows: rows, columns: columns)
    }
}

extension SparseMatrix: CustomStringConvertible {
    /// One line for each row; of many the first and last.
    public var description: String {
        let edge = 3
        let all = (0..<rows).map { Optional($0) }
        let shown = rows <= 4 * edge ? all : all.prefix(edge) + [nil] + all.suffix(edge)
        return shown.map { row in row.map { self[$0].description } ?? "…" }.joined(separator: "\n")
    }
}

/// The elements of one row, without a copy.
struct SparseRow {
    let indices: ArraySlice<Int32>
    let values: ArraySlice<Float>

    init(_ matrix: SparseMatrix, _ row: Int) {
        let range = matrix.rowOffsets[row]..<matrix.rowOffsets[row + 1]
        indices = matrix.indices[range]
        values = matrix.values[range]
    }

    init(_ vector: SparseVector) {
        indices = vector.indices.map(Int32.init)[...]
        values = vector.values[...]
    }

    /// Calls `body` for every column that one of the two rows has, in ascending order; 0 where one has nothing.
    func merge(_ other: SparseRow, _ body: (_ column: Int, Float, Float) -> Void) {
        var i = indices.startIndex, j = other.indices.startIndex
        while i < indices.endIndex || j < other.indices.endIndex {
            let a = i < indices.endIndex ? indices[i] : .max, b = j < other.indices.endIndex ? other.indices[j] : .max
            body(Int(min(a, b)), a <= b ? values[i] : 0, b <= a ? other.values[j] : 0)
            if a <= b { i += 1 }
            if b <= a { j += 1 }
        }
    }
}
