// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// A row-major float32 matrix: the embeddings of many texts, or the similarities of all pairs.
public struct Matrix: Sendable {
    package let tensor: Tensor

    /// The number of rows, such as texts.
    public var rows: Int { tensor.rows }
    /// The number of columns, such as dimensions of an embedding.
    public var columns: Int { tensor.columns }
    /// `[rows, columns]`.
    public var shape: [Int] { [rows, columns] }

    /// A matrix over a tensor `[rows, columns]`.
    package init(_ tensor: Tensor) {
        precondition(tensor.shape.count == 2, "a matrix has two dimensions, found \(tensor.shape)")
        self.tensor = tensor.detached
    }

    /// A matrix of the given rows, which must be of one length.
    public init(rows: [[Float]]) {
        let columns = rows.first?.count ?? 0
        precondition(
            rows.allSatisfy { $0.count == columns }, "rows differ in length: \(Set(rows.map(\.count)).sorted())")
        self.init(Tensor(Array(rows.joined()), shape: [rows.count, columns]))
    }

    /// A matrix of the given elements, row after row; there must be `rows * columns`.
    public init(_ elements: [Float], rows: Int, columns: Int) {
        self.init(Tensor(elements, shape: [rows, columns]))
    }

    /// The elements, row after row.
    public var elements: [Float] { tensor.floats }

    /// One row.
    public subscript(row: Int) -> [Float] {
        precondition((0..<rows).contains(row), "row \(row) of \(rows)")
        return withUnsafeBufferPointer { Array($0[row * columns..<(row + 1) * columns]) }
    }

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

extension Matrix: Equatable {
    /// Whether shapes and all elements are equal.
    public static func == (a: Matrix, b: Matrix) -> Bool { a.shape == b.shape && a.elements == b.elements }
}

extension Matrix: CustomStringConvertible {
    /// The matrix in brackets, four digits behind the point; of large ones the first and last rows and columns.
    public var description: String {
        let lines = Self.shown(rows).map { row in
            guard let row else { return "..." }
            return "["
                + Self.shown(columns).map { $0.map { Self.format(self[row, $0]) } ?? "..." }.joined(separator: ", ")
                + "]"
        }
        return "[" + lines.joined(separator: ",\n ") + "]"
    }

    /// The indices to show of `count`, nil for those left out.
    private static func shown(_ count: Int) -> [Int?] {
        let edge = 3
        guard count > 4 * edge else { return Array(0..<count) }
        return Array(0..<edge) + [nil] + Array(count - edge..<count)
    }

    /// A number with four digits behind the point.
    package static func format(_ x: Float) -> String {
        // A NaN may have a sign, which means nothing.
        if x.isNaN { return "nan" }
        guard x.isFinite else { return "\(x)" }
        guard abs(x) < 1e11 else { return "\(x)" }
        let scaled = Int((abs(Double(x)) * 10_000).rounded())
        let digits = String(scaled % 10_000)
        let sign = x.sign == .minus && scaled > 0 ? "-" : ""
        return sign + String(scaled / 10_000) + "." + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
