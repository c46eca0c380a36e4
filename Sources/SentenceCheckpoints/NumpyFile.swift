// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
package import SentenceTensors

#if canImport(FoundationEssentials)
    package import struct FoundationEssentials.URL
#else
    package import struct Foundation.URL
#endif

/// Writes arrays in NumPy's format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.
package enum NumpyFile {
    /// Writes a tensor to `url`, whose folder must exist; a partly written file is never visible.
    ///
    /// - Throws: ``CheckpointError`` with code `unwritable`, or `unsupported` for bfloat16, which NumPy does not have.
    package static func write(_ tensor: Tensor, to url: URL) throws {
        guard let type = tensor.elementType.numpyName else {
            throw CheckpointError(
                .unsupported, file: url.lastPathComponent, "NumPy has no elements of type \(tensor.elementType)")
        }
        try AtomicFile.write(to: url) { output in
            try header(type, shape: tensor.shape).withUnsafeBytes { try output.write($0) }
            try tensor.withUnsafeBytes { try output.write($0) }
        }
    }

    /// A version 1.0 header, padded with spaces so that the elements begin at a multiple of 64.
    ///
    /// It is `byteCount` bytes long, a multiple of 64, or as short as possible if that is nil.
    package static func header(_ type: String, shape: [Int], byteCount: Int? = nil) -> [UInt8] {
        let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(sizes)), }"
        let prefix = 10, least = prefix + text.utf8.count + 1
        let size = max(byteCount ?? 0, (least + 63) / 64 * 64)
        let length = UInt16(size - prefix)
        return [0x93] + "NUMPY".utf8 + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + text.utf8
            + [UInt8](repeating: UInt8(ascii: " "), count: size - least) + [UInt8(ascii: "\n")]
    }
}

extension ElementType {
    /// NumPy's name for the type, little-endian.
    var numpyName: String? {
        switch self {
        case .float64: "<f8"
        case .float32: "<f4"
        case .float16: "<f2"
        case .bfloat16: nil
        case .int64: "<i8"
        case .int32: "<i4"
        case .int16: "<i2"
        case .int8: "|i1"
        case .uint64: "<u8"
        case .uint32: "<u4"
        case .uint16: "<u2"
        case .uint8: "|u1"
        case .bool: "|b1"
        }
    }
}
