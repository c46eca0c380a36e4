// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Rows of float32 numbers scaled to unit length, block by block, so that no scaled copy of all exists.
///
/// The dot product of two such rows has the same bits in either order, which a cosine divided afterwards has not.
struct UnitRows: RowSource {
    private let base: any RowSource
    private let kernels = RowSearchKernels()

    init(_ base: any RowSource) { self.base = base }

    var rows: Int { base.rows }
    var rowByteCount: Int { base.rowByteCount }

    func withRows(
        _ block: RowBlock, buffer: UnsafeMutableRawPointer,
        _ body: (UnsafeRawPointer, UnsafePointer<UInt32>?) throws -> Void
    ) throws {
        try base.withRows(block, buffer: buffer) { start, indices in
            let size = rowByteCount / MemoryLayout<Float>.stride
            let rows = RowSearchKernels.Rows(
                start.assumingMemoryBound(to: Float.self), at: indices, count: block.count, size: size)
            let out = buffer.assumingMemoryBound(to: Float.self)
            for position in 0..<block.count {
                // If the base has read into the buffer, the row is already at its place.
                let row = rows[position], scaled = out + position * size
                var inverse: Float = 0
                let single = RowSearchKernels.Rows(row, count: 1, size: size)
                kernels.inverseLengths(single, least: Self.leastLength, into: &inverse)
                for column in 0..<size { scaled[column] = row[column] * inverse }
            }
            try body(UnsafeRawPointer(buffer), nil)
        }
    }

    func finish() throws { try base.finish() }

    /// A length below this counts as this, as in the reference; so zeros stay zeros.
    private static let leastLength: Float = 1e-12
}
