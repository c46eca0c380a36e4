// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

/// Rows in a file, of which only the blocks being compared are in memory.
package struct FileRows: RowSource {
    private let file: PlacedFile
    private let offset: Int
    package let rows: Int
    package let rowByteCount: Int

    /// Rows that follow one another in a file.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - offset: Where the first row begins, in bytes.
    ///   - rows: The number of rows.
    ///   - rowByteCount: The size of a row.
    /// - Throws: `CheckpointError` with code `invalidFormat` if they do not lie in the file.
    package init(_ file: PlacedFile, offset: Int, rows: Int, rowByteCount: Int) throws {
        let (size, overflow) = rows.multipliedReportingOverflow(by: rowByteCount)
        guard offset >= 0, rows >= 0, rowByteCount >= 0, !overflow, offset <= file.byteCount,
            size <= file.byteCount - offset
        else {
            throw CheckpointError(
                .invalidFormat, file: file.name,
                "\(rows) rows of \(rowByteCount) bytes from byte \(offset) on do not lie in a file of "
                    + "\(file.byteCount) bytes")
        }
        self.file = file
        self.offset = offset
        self.rows = rows
        self.rowByteCount = rowByteCount
    }

    package func withRows(
        _ block: RowBlock, buffer: UnsafeMutableRawPointer,
        _ body: (UnsafeRawPointer, UnsafePointer<UInt32>?) throws -> Void
    ) throws {
        // Neighbours are read together.
        var first = 0
        while first < block.count {
            var end = first + 1
            if block.indices == nil { end = block.count }
            while end < block.count, block[end] == block[end - 1] + 1 { end += 1 }
            let room = UnsafeMutableRawBufferPointer(
                start: buffer + first * rowByteCount, count: (end - first) * rowByteCount)
            try file.read(room, from: offset + block[first] * rowByteCount)
            first = end
        }
        try body(UnsafeRawPointer(buffer), nil)
    }

    package func finish() throws { try file.checkUnchanged() }
}
