// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// The gradient with respect to one input: dense, or only for the rows of a table that were used.
package struct Gradient: Sendable {
    /// The shape of the input.
    package let shape: [Int]
    /// The rows that the values belong to, ascending; nil if the gradient is dense.
    package let rows: [Int]?
    /// One row of values for each of `rows`; of the input's shape if the gradient is dense.
    package let values: Tensor

    /// A dense gradient.
    package init(_ values: Tensor) {
        shape = values.shape
        rows = nil
        self.values = values
    }

    /// A gradient for some rows of a table; all other rows are zero.
    ///
    /// - Parameters:
    ///   - rows: The indices of the rows, ascending.
    ///   - values: `[rows, columns]`.
    ///   - shape: The shape of the table.
    package init(rows: [Int], _ values: Tensor, shape: [Int]) {
        precondition(values.rows == rows.count && values.columns == shape.last, "\(values.shape) of \(shape)")
        self.shape = shape
        self.rows = rows
        self.values = values
    }

    /// The gradient as a dense tensor, however it is stored.
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

    /// The gradient in another shape; a gradient of rows keeps the shape of its table.
    package func reshaped(_ shape: [Int]) -> Gradient {
        shape == self.shape ? self : Gradient(tensor.reshaped(shape))
    }

    /// The sum; it is stored as rows if both gradients are.
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
