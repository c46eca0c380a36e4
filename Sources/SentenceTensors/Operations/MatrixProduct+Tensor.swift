// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Tensor {
    /// A Bᵀ for two matrices of the same width: the dot products of all pairs of rows.
    ///
    /// - Parameter other: `[m, size]`; this tensor is `[n, size]`.
    /// - Returns: `[n, m]`.
    package func product(transposed other: Tensor) -> Tensor {
        precondition(columns == other.columns, "rows differ in size: \(shape) and \(other.shape)")
        let (a, b) = (detached, other.detached)
        return Self.product(
            a, rowStride: columns, columnStride: 1, rows: rows, b, columnStride: columns, rowStride: 1, depth: columns,
            columns: other.rows
        ).recorded(from: [node, other.node]) { gradient in
            let (n, m, size) = (a.rows, b.rows, a.columns)
            return [
                Self.product(
                    gradient, rowStride: m, columnStride: 1, rows: n, b, columnStride: 1, rowStride: size, depth: m,
                    columns: size),
                Self.product(
                    gradient, rowStride: 1, columnStride: m, rows: m, a, columnStride: 1, rowStride: size, depth: n,
                    columns: size),
            ]
        }
    }

    /// A · B `[rows, columns]`, both read with the given strides.
    private static func product(
        _ a: Tensor, rowStride: Int, columnStride: Int, rows: Int, _ b: Tensor, columnStride bColumnStride: Int,
        rowStride bRowStride: Int, depth: Int, columns: Int
    ) -> Tensor {
        Tensor(shape: [rows, columns]) { out in
            withExtendedLifetime((a.storage, b.storage)) {
                let packed = PackedMatrix(
                    b.pointer, rows: depth, columns: columns, columnStride: bColumnStride, rowStride: bRowStride)
                MatrixProduct(
                    a.pointer, rowStride: rowStride, columnStride: columnStride, rows: rows, packed,
                    into: out.baseAddress!, stride: columns)()
            }
        }
    }
}
