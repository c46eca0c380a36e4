// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Some rows of a corpus: `count` rows from `first` on, or those at `first + indices[i]`.
package struct RowBlock {
    package let first: Int
    package let count: Int
    /// Ascending; all rows if nil.
    package let indices: UnsafePointer<UInt32>?

    /// The row at a position below `count`.
    subscript(position: Int) -> Int { first + (indices.map { Int($0[position]) } ?? position) }
}

/// Where the rows of a corpus are: in memory or in a file.
package protocol RowSource: Sendable {
    var rows: Int { get }
    /// The size of a row in bytes; rows follow one another without gaps.
    var rowByteCount: Int { get }

    /// Calls `body` with the rows of a block.
    ///
    /// - Parameters:
    ///   - block: The rows.
    ///   - buffer: Room for the rows, which the source may use.
    ///   - body: Takes the address of the first row, and which rows from there on if not all.
    /// - Throws: An error if the rows cannot be read, and what `body` throws.
    func withRows(
        _ block: RowBlock, buffer: UnsafeMutableRawPointer,
        _ body: (UnsafeRawPointer, UnsafePointer<UInt32>?) throws -> Void
    ) throws

    /// Checks, after the last block, that all blocks belonged together.
    func finish() throws
}

/// Rows in the memory of a tensor.
struct TensorRows: RowSource {
    let tensor: Tensor
    var rows: Int { tensor.shape[0] }
    var rowByteCount: Int { tensor.columns * tensor.elementType.byteCount }

    func withRows(
        _ block: RowBlock, buffer: UnsafeMutableRawPointer,
        _ body: (UnsafeRawPointer, UnsafePointer<UInt32>?) throws -> Void
    ) throws {
        try tensor.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return }
            try body(start + block.first * rowByteCount, block.indices)
        }
    }

    func finish() {}
}

/// Rows in an array of bytes.
struct ByteRows: RowSource {
    let bytes: [UInt8]
    let rows: Int
    let rowByteCount: Int

    func withRows(
        _ block: RowBlock, buffer: UnsafeMutableRawPointer,
        _ body: (UnsafeRawPointer, UnsafePointer<UInt32>?) throws -> Void
    ) throws {
        try bytes.withUnsafeBytes { bytes in
            // Rows without bytes are never read.
            try body(
                bytes.baseAddress.map { $0 + block.first * rowByteCount } ?? UnsafeRawPointer(buffer), block.indices)
        }
    }

    func finish() {}
}
