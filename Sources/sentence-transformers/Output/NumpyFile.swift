// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes matrices as NumPy does: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
enum NumpyFile {
    /// The types of elements that results have, as NumPy writes them.
    enum ElementType: String {
        case float32 = "<f4"
        case int8 = "|i1"
        case uint8 = "|u1"
    }

    /// Writes a row-major matrix.
    ///
    /// - Parameters:
    ///   - bytes: The elements, little-endian.
    ///   - rows: Their number of rows.
    ///   - columns: Their number of columns.
    ///   - type: What the bytes are.
    ///   - url: The file, which is replaced whole.
    /// - Throws: `CheckpointError` with code `unwritable`.
    static func write(
        _ bytes: UnsafeRawBufferPointer, rows: Int, columns: Int, _ type: ElementType, to url: URL
    ) throws {
        try AtomicFile.write(to: url) { output in
            try header(rows, columns, type).withUnsafeBytes { try output.write($0) }
            try output.write(bytes)
        }
    }

    /// Version 1.0, padded so that the elements begin at a multiple of 64.
    private static func header(_ rows: Int, _ columns: Int, _ type: ElementType) -> [UInt8] {
        var text = "{'descr': '\(type.rawValue)', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        let prefix = 10
        text += String(repeating: " ", count: 63 - (prefix + text.utf8.count) % 64) + "\n"
        let length = UInt16(text.utf8.count)
        return [0x93] + "NUMPY".utf8 + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + text.utf8
    }
}
