// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension Matrix: RandomAccessCollection {
    /// 0, the index of the first row.
    public var startIndex: Int { 0 }
    /// The number of rows.
    public var endIndex: Int { rows }

    /// One row, without a copy.
    public subscript(row: Int) -> Row {
        precondition((0..<rows).contains(row), "row \(row) of \(rows)")
        return Row(tensor, row)
    }

    /// Some rows as a matrix of their own, whose indices start at 0; nothing is copied.
    ///
    /// `matrix[2..<5]` without a label is a slice, as in every collection, and keeps the indices of its matrix.
    public subscript(rows range: some RangeExpression<Int>) -> Matrix {
        let range = range.relative(to: self)
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of \(rows)")
        return Matrix(tensor.rowRange(range))
    }

    /// The rows of a slice as a matrix of their own, whose indices start at 0; nothing is copied.
    public init(_ slice: Slice<Matrix>) { self = slice.base[rows: slice.startIndex..<slice.endIndex] }

    /// One row of a matrix; it keeps the matrix's memory alive.
    public struct Row: RandomAccessCollection, Sendable {
        private let storage: Storage
        private let byteOffset: Int
        /// The number of elements.
        public let endIndex: Int

        fileprivate init(_ tensor: Tensor, _ row: Int) {
            storage = tensor.storage
            byteOffset = tensor.byteOffset + row * tensor.columns * MemoryLayout<Float>.stride
            endIndex = tensor.columns
        }

        /// 0, the index of the first element.
        public var startIndex: Int { 0 }

        /// One element.
        public subscript(column: Int) -> Float {
            precondition((0..<endIndex).contains(column), "column \(column) of \(endIndex)")
            return withUnsafeBufferPointer { $0[column] }
        }

        /// Calls `body` with the elements, without copying them.
        public func withUnsafeBufferPointer<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
            defer { withExtendedLifetime(storage) {} }
            let bytes = UnsafeRawBufferPointer(
                rebasing: storage.bytes[byteOffset..<byteOffset + endIndex * MemoryLayout<Float>.stride])
            return try body(bytes.assumingMemoryBound(to: Float.self))
        }

        /// Calls `body` with the elements, which are contiguous.
        public func withContiguousStorageIfAvailable<R>(
            _ body: (UnsafeBufferPointer<Float>) throws -> R
        ) rethrows -> R? { try withUnsafeBufferPointer(body) }
    }
}

extension Matrix.Row: Hashable {
    /// Whether two rows have equal elements.
    public static func == (a: Self, b: Self) -> Bool { a.elementsEqual(b) }

    /// Feeds the elements into a hasher.
    public func hash(into hasher: inout Hasher) {
        for element in self { hasher.combine(element) }
    }
}

extension Matrix.Row: CustomStringConvertible {
    /// The elements in brackets, formatted like a matrix of this one row.
    public var description: String { Matrix.line(of: self) }
}
