// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// A row-major float32 matrix: the embeddings of several texts, or the similarities of all pairs.
///
/// A matrix is a collection of its rows, and a row is a collection of numbers:
///
/// ```swift
/// for row in embeddings { print(row[0], row.max() ?? 0) }
/// let firstThree = embeddings[rows: ..<3]      // a matrix again; nothing is copied
/// let vector = Array(embeddings[0])            // [Float]
/// ```
public struct Matrix: Sendable {
    /// The elements, `[rows, columns]`.
    package let tensor: Tensor

    /// The number of rows, for example of texts.
    public var rows: Int { tensor.shape[0] }
    /// The number of columns, for example of an embedding's dimensions.
    public var columns: Int { tensor.shape[1] }
    /// `[rows, columns]`.
    public var shape: [Int] { [rows, columns] }

    /// A matrix with the elements of a tensor `[rows, columns]`.
    package init(_ tensor: Tensor) {
        precondition(tensor.shape.count == 2, "a matrix has two dimensions, found \(tensor.shape)")
        self.tensor = tensor.detached
    }

    /// A matrix of the given rows.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if the rows differ in length.
    public init(rows: [[Float]]) throws { try self.init(copying: rows) }

    /// A matrix of the given rows, for example rows of other matrices.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if the rows differ in length.
    public init(rows: some Collection<some Collection<Float>>) throws { try self.init(copying: rows) }

    private init(copying rows: some Collection<some Collection<Float>>) throws {
        let columns = rows.first?.count ?? 0
        if let (index, row) = rows.enumerated().first(where: { $1.count != columns }) {
            throw SearchError(
                .invalidArgument,
                "rows of a matrix are of one length; row 0 has \(columns) elements, row \(index) has \(row.count)")
        }
        self.init(Tensor(rows.flatMap(\.self), shape: [rows.count, columns]))
    }

    /// A matrix of the given elements, row after row.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` if there are not `rows * columns` of them.
    public init(_ elements: [Float], rows: Int, columns: Int) throws {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !overflow, count == elements.count else {
            throw SearchError(
                .invalidArgument,
                "\(elements.count) elements do not fill a matrix of \(rows) rows and \(columns) columns")
        }
        self.init(Tensor(elements, shape: [rows, columns]))
    }

    /// The elements, row after row.
    public var elements: [Float] { tensor.floats }

    /// One element.
    public subscript(row: Int, column: Int) -> Float {
        precondition((0..<rows).contains(row) && (0..<columns).contains(column), "[\(row), \(column)] of \(shape)")
        return withUnsafeBufferPointer { $0[row * columns + column] }
    }

    /// Calls `body` with the elements, row after row, without copying them.
    public func withUnsafeBufferPointer<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) rethrows -> R {
        try tensor.withUnsafeBytes { try body($0.assumingMemoryBound(to: Float.self)) }
    }
}

extension Matrix: CustomStringConvertible {
    /// The matrix in brackets, with four decimals; of a large one only the first and last rows and columns.
    public var description: String {
        let lines = Self.shown(rows).map { row in row.map { Self.line(of: self[$0]) } ?? "..." }
        return "[" + lines.joined(separator: ",\n ") + "]"
    }

    /// A row in brackets, without its middle if it is long.
    static func line(of row: Row) -> String {
        "[" + shown(row.count).map { $0.map { format(row[$0]) } ?? "..." }.joined(separator: ", ") + "]"
    }

    /// Which of `count` indices to show; nil stands for those left out.
    private static func shown(_ count: Int) -> [Int?] {
        let edge = 3
        guard count > 4 * edge else { return Array(0..<count) }
        return Array(0..<edge) + [nil] + Array(count - edge..<count)
    }

    /// A number with four decimals.
    package static func format(_ x: Float) -> String {
        // A NaN may have a sign, which is meaningless.
        if x.isNaN { return "nan" }
        guard x.isFinite else { return "\(x)" }
        guard abs(x) < 1e11 else { return "\(x)" }
        let scaled = Int((abs(Double(x)) * 10_000).rounded())
        let digits = String(scaled % 10_000)
        let sign = x.sign == .minus && scaled > 0 ? "-" : ""
        return sign + String(scaled / 10_000) + "." + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
