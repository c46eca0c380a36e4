// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CSentenceKernels

/// The kernels that compare blocks of rows with queries; none has a gradient.
package struct RowSearchKernels: Sendable {
    private let kernels: KernelSet

    /// The kernels of the current execution.
    package init() { kernels = Execution.current.kernels }

    /// Some rows in memory: one after another from `start` on, or those at `indices`.
    package struct Rows {
        /// The row with index 0.
        package let start: UnsafePointer<Float>
        /// Which rows; all up to `count` if nil.
        package let indices: UnsafePointer<UInt32>?
        /// The number of rows.
        package let count: Int
        /// The number of elements of a row, and from one row to the next.
        package let size: Int

        /// Some rows.
        package init(_ start: UnsafePointer<Float>, at indices: UnsafePointer<UInt32>? = nil, count: Int, size: Int) {
            self.start = start
            self.indices = indices
            self.count = count
            self.size = size
        }

        /// The row at a position below `count`.
        package subscript(position: Int) -> UnsafePointer<Float> {
            start + (indices.map { Int($0[position]) } ?? position) * size
        }
    }

    /// Writes the dot product of query j with row i to `out[j * stride + i]`.
    ///
    /// The bits of a product do not depend on the other rows and queries.
    package func products(_ rows: Rows, _ queries: Rows, into out: UnsafeMutablePointer<Float>, stride: Int) {
        var arguments = sk_row_products(
            rows: rows.start, row_stride: rows.size, indices: rows.indices, m: rows.count, queries: queries.start,
            query_stride: queries.size, n: queries.count, k: rows.size, c: out, c_stride: stride)
        kernels.table.pointee.row_products_f32(&arguments)
    }

    /// Writes the distances of query j from row i, negative, to `out[j * stride + i]`.
    package func distances(
        _ comparison: RowComparison, _ rows: Rows, _ queries: Rows, into out: UnsafeMutablePointer<Float>, stride: Int
    ) {
        for i in 0..<rows.count {
            for j in 0..<queries.count {
                out[j * stride + i] = -comparison.compare(rows[i], queries[j], rows.size, kernels.table.pointee)
            }
        }
    }

    /// Writes 1 / length of each row; a length below `least` counts as that.
    package func inverseLengths(_ rows: Rows, least: Float, into out: UnsafeMutablePointer<Float>) {
        let dot = kernels.table.pointee.dot_f32
        for i in 0..<rows.count { out[i] = 1 / max(least, dot(rows[i], rows[i], rows.size).squareRoot()) }
    }

    /// `y *= x`.
    package func multiply(_ y: UnsafeMutablePointer<Float>, by x: UnsafePointer<Float>, count: Int) {
        kernels.table.pointee.multiply_f32(y, y, x, count)
    }

    /// Writes the indices of the numbers that are at least `least`; returns how many.
    package func select(
        _ numbers: UnsafePointer<Float>, atLeast least: Float, count: Int, into out: UnsafeMutablePointer<UInt32>
    ) -> Int {
        kernels.table.pointee.select_f32(out, numbers, least, count)
    }

    /// Writes the indices of the numbers that, with `added`, are at least `least` or their own floor; returns how many.
    package func select(
        _ numbers: UnsafePointer<Float>, plus added: Float, atLeast least: Float, orFloors floors: UnsafePointer<Float>,
        count: Int, into out: UnsafeMutablePointer<UInt32>
    ) -> Int {
        kernels.table.pointee.select_above_f32(out, numbers, added, floors, least, count)
    }

    /// Writes minus the number of bits in which a query differs from each of `count` rows of `size` bytes.
    package func hamming(
        _ rows: UnsafePointer<UInt8>, at indices: UnsafePointer<UInt32>?, count: Int, size: Int,
        from query: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<Float>
    ) {
        kernels.table.pointee.hamming_u8(out, rows, size, indices, query, count, size)
    }

    /// Widens half-precision numbers.
    package func widen(_ numbers: UnsafePointer<UInt16>, count: Int, into out: UnsafeMutablePointer<Float>) {
        kernels.table.pointee.f16_to_f32(out, numbers, count)
    }

    /// Writes `(code ^ flip) * scale + offset` for each byte of a row.
    package func decode(
        _ codes: UnsafePointer<UInt8>, flip: UInt8, scale: UnsafePointer<Float>, offset: UnsafePointer<Float>,
        count: Int, into out: UnsafeMutablePointer<Float>
    ) {
        kernels.table.pointee.codes_to_f32(out, codes, flip, scale, offset, count)
    }

    /// Rows of bytes that stand for `(code ^ flip) * scale + offset`.
    package struct Codes {
        package let start: UnsafePointer<UInt8>
        package let indices: UnsafePointer<UInt32>?
        package let count: Int
        package let flip: UInt8
        package let scale: UnsafePointer<Float>
        package let offset: UnsafePointer<Float>

        /// Some rows, one after another from `start` on, or those at `indices`.
        package init(
            _ start: UnsafePointer<UInt8>, at indices: UnsafePointer<UInt32>?, count: Int, flip: UInt8,
            scale: UnsafePointer<Float>, offset: UnsafePointer<Float>
        ) {
            self.start = start
            self.indices = indices
            self.count = count
            self.flip = flip
            self.scale = scale
            self.offset = offset
        }
    }

    /// Writes the products of rows of codes with a query, and with themselves, with the bits of decoded rows.
    package func products(
        _ codes: Codes, _ query: UnsafePointer<Float>, size: Int, into out: UnsafeMutablePointer<Float>,
        squares: UnsafeMutablePointer<Float>
    ) {
        var arguments = sk_code_products(
            rows: codes.start, row_stride: size, indices: codes.indices, m: codes.count, flip: codes.flip,
            scale: codes.scale, offset: codes.offset, query: query, k: size, c: out, squares: squares)
        kernels.table.pointee.code_products_f32(&arguments)
    }
}
