// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A matrix of mostly zeros, stored row by row: the embeddings of several texts by a sparse encoder.
///
/// In compressed sparse row format: the indices and values of all rows, one row after another.
public struct SparseMatrix: Sendable, Hashable {
    /// The number of columns, for example of tokens in a vocabulary.
    public let columns: Int
    /// Where each row's elements begin, then the number of all elements: `[rows + 1]`.
    public let rowOffsets: [Int]
    /// The columns of the non-zero elements, ascending in each row.
    public let indices: [Int32]
    /// The non-zero elements.
    public let values: [Float]

    /// The number of rows, for example of texts.
    public var rows: Int { rowOffsets.count - 1 }
    /// `[rows, columns]`.
    public var shape: [Int] { [rows, columns] }

    /// A matrix of the given rows, which must all have dimension `columns`.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if a row has another dimension.
    public init(rows: [SparseVector], columns: Int) throws {
        try Self.check(columns: columns)
        if let (index, row) = rows.enumerated().first(where: { $1.dimension != columns }) {
            throw SearchError(
                .invalidArgument, "row \(index) has \(row.dimension) elements; expected \(columns)")
        }
        self.init(alike: rows, columns: columns)
    }

    /// A matrix of rows that are known to have dimension `columns`.
    package init(alike rows: [SparseVector], columns: Int) {
        self.columns = columns
        rowOffsets = rows.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.activeCount) }
        indices = rows.flatMap { $0.indices.map(Int32.init) }
        values = rows.flatMap(\.values)
    }

    /// A matrix in compressed sparse row format, as in SciPy's `csr_matrix`.
    ///
    /// - Parameters:
    ///   - rowOffsets: Where each row's elements begin, then the number of all elements.
    ///   - indices: The columns of the elements, ascending in each row.
    ///   - values: The elements at these columns.
    ///   - columns: The number of columns.
    /// - Throws: ``SearchError`` with code `invalidArgument` if the arguments contradict each other.
    public init(rowOffsets: [Int], indices: [Int32], values: [Float], columns: Int) throws {
        try Self.check(columns: columns)
        guard rowOffsets.first == 0, rowOffsets.last == values.count, indices.count == values.count,
            zip(rowOffsets, rowOffsets.dropFirst()).allSatisfy(<=)
        else {
            throw SearchError(
                .invalidArgument,
                "offsets of rows ascend from 0 to the number of elements; found \(rowOffsets.count) offsets up to "
                    + "\(rowOffsets.last ?? 0), \(indices.count) indices and \(values.count) values")
        }
        for (start, end) in zip(rowOffsets, rowOffsets.dropFirst()) {
            try Self.check(indices[start..<end], columns: columns)
        }
        (self.rowOffsets, self.indices, self.values, self.columns) = (rowOffsets, indices, values, columns)
    }

    /// A matrix from parts that are known to be valid.
    package init(checkedRowOffsets rowOffsets: [Int], indices: [Int32], values: [Float], columns: Int) {
        (self.rowOffsets, self.indices, self.values, self.columns) = (rowOffsets, indices, values, columns)
    }

    /// The non-zero elements of a dense matrix.
    public init(_ matrix: Matrix) { self.init(alike: matrix.map { SparseVector($0) }, columns: matrix.columns) }

    /// One row.
    public subscript(row: Int) -> SparseVector {
        precondition((0..<rows).contains(row), "row \(row) of \(rows)")
        let range = rowOffsets[row]..<rowOffsets[row + 1]
        return SparseVector(dimension: columns, ascending: indices[range].map(Int.init), Array(values[range]))
    }

    /// Some of the rows, in their order.
    public subscript(rows range: Range<Int>) -> SparseMatrix {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        let elements = rowOffsets[range.lowerBound]..<rowOffsets[range.upperBound]
        return SparseMatrix(
            checkedRowOffsets: rowOffsets[range.lowerBound...range.upperBound].map { $0 - elements.lowerBound },
            indices: Array(indices[elements]), values: Array(values[elements]), columns: columns)
    }

    /// All elements, zeros included: `rows * columns * 4` bytes.
    public var dense: Matrix {
        var elements = [Float](repeating: 0, count: rows * columns)
        for row in 0..<rows {
            for place in rowOffsets[row]..<rowOffsets[row + 1] {
                elements[row * columns + Int(indices[place])] = values[place]
            }
        }
        return Matrix(Tensor(elements, shape: shape))
    }

    /// Refuses numbers of columns that 32-bit indices cannot address.
    static func check(columns: Int) throws {
        guard columns >= 0, columns <= Int32.max else {
            throw SearchError(
                .invalidArgument, "a sparse row has \(columns) elements; expected 0 to \(Int32.max)")
        }
    }

    /// Refuses indices of a row that are not ascending, or not between 0 and the number of columns.
    static func check(_ indices: some Collection<some BinaryInteger>, columns: Int) throws {
        guard zip(indices, indices.dropFirst()).allSatisfy({ $0 < $1 }), indices.allSatisfy({ $0 >= 0 && $0 < columns })
        else {
            throw SearchError(
                .invalidArgument, "the indices of a sparse row ascend from 0 to below \(columns); found others")
        }
    }
}

/// Encoded as `{"columns": …, "rowOffsets": […], "indices": […], "values": […]}`.
extension SparseMatrix: Codable {
    private enum CodingKeys: String, CodingKey { case columns, rowOffsets, indices, values }

    /// Reads what `encode(to:)` writes.
    ///
    /// - Throws: `DecodingError`, also if the parts do not form a matrix.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let columns = try container.decode(Int.self, forKey: .columns)
        let rowOffsets = try container.decode([Int].self, forKey: .rowOffsets)
        let indices = try container.decode([Int32].self, forKey: .indices)
        let values = try container.decode([Float].self, forKey: .values)
        self = try decoder.checking {
            try SparseMatrix(rowOffsets: rowOffsets, indices: indices, values: values, columns: columns)
        }
    }
}

extension SparseMatrix: CustomStringConvertible {
    /// One line per row; of many rows only the first and last.
    public var description: String {
        let edge = 3
        let all = (0..<rows).map { Optional($0) }
        let shown = rows <= 4 * edge ? all : all.prefix(edge) + [nil] + all.suffix(edge)
        return shown.map { row in row.map { self[$0].description } ?? "…" }.joined(separator: "\n")
    }
}
