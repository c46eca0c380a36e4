// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// What a result owes to one of its inputs: a number for each element, or only for those rows of a table that were used.
package struct Gradient: Sendable {
    /// The shape of the input.
    package let shape: [Int]
    /// The rows that the values belong to, ascending; nil if they are all.
    package let rows: [Int]?
    /// A row for each of them; of the input's shape if they are all.
    package let values: Tensor

    /// A number for each element.
    package init(_ values: Tensor) {
        shape = values.shape
        rows = nil
        self.values = values
    }

    /// A row of numbers for some rows of a table, zeros for the others.
    ///
    /// - Parameters:
    ///   - rows: Ascending.
    ///   - values: `[rows, columns]`.
    ///   - shape: The table's.
    package init(rows: [Int], _ values: Tensor, shape: [Int]) {
        precondition(values.rows == rows.count && values.columns == shape.last, "\(values.shape) of \(shape)")
        self.shape = shape
        self.rows = rows
        self.values = values
    }

    /// A number for each element, whichever way they are held.
    package var tensor: Tensor {
        guard let rows else { return values }
        let columns = values.columns
        return Tensor(shape: shape) { out in
            out.initialize(repeating: 0)
            withExtendedLifetime(values.storage) {
                for (index, row) in rows.enumerated() {
                    (out.baseAddress! + row * columns).update(from: values.pointer + index * columns, count: columns)
                }
            }
        }
    }

    /// The gradient in another shape; rows are those of a table, whose shape stays.
    package func reshaped(_ shape: [Int]) -> Gradient {
        shape == self.shape ? self : Gradient(tensor.reshaped(shape))
    }

    /// The sum; rows where both are rows.
    package static func + (a: Gradient, b: Gradient) -> Gradient {
        guard let (left, right) = a.rows.flatMap({ left in b.rows.map { (left, $0) } }) else {
            return Gradient(a.tensor + b.tensor)
        }
        let rows = Set(left).union(right).sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(rows, rows.indices))
        let kernels = Execution.current.kernels.table.pointee
        let columns = a.values.columns
        let sums = Tensor(shape: [rows.count, columns]) { out in
            out.initialize(repeating: 0)
            for (rows, values) in [(left, a.values), (right, b.values)] {
                withExtendedLifetime(values.storage) {
                    for (index, row) in rows.enumerated() {
                        guard let place = places[row] else { continue }
                        let target = out.baseAddress! + place * columns
                        kernels.add_f32(target, target, values.pointer + index * columns, columns)
                    }
                }
            }
        }
        return Gradient(rows: rows, sums, shape: a.shape)
    }
}
