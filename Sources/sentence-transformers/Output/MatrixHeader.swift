// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints

/// The header of a file that contains one matrix.
///
/// Its size does not depend on the number of rows, so that it can be written when this is known.
enum MatrixHeader {
    /// NumPy's format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
    case numpy
    /// A safetensors file of one tensor.
    case safetensors(name: String)

    /// The types of elements that results have.
    enum ElementType {
        case float32, int8, uint8

        var byteCount: Int { self == .float32 ? 4 : 1 }

        var numpyName: String {
            switch self {
            case .float32: "<f4"
            case .int8: "|i1"
            case .uint8: "|u1"
            }
        }

        var safetensorsName: String {
            switch self {
            case .float32: "F32"
            case .int8: "I8"
            case .uint8: "U8"
            }
        }
    }

    /// A multiple of 64, so that the elements are aligned; the header is padded with spaces.
    var byteCount: Int {
        switch self {
        case .numpy: 128
        case .safetensors: 256
        }
    }

    /// The header for a matrix of the given shape.
    func bytes(rows: Int, columns: Int, _ type: ElementType) -> [UInt8] {
        switch self {
        case .numpy: return NumpyFile.header(type.numpyName, shape: [rows, columns], byteCount: byteCount)
        case .safetensors(let name):
            let text =
                "{\"__metadata__\":{\"format\":\"pt\"},\"\(name)\":{\"dtype\":\"\(type.safetensorsName)\",\"shape\":"
                + "[\(rows),\(columns)],\"data_offsets\":[0,\(rows * columns * type.byteCount)]}}"
            return Self.safetensors(text, byteCount)
        }
    }

    /// The header of a safetensors file, padded with spaces to a size or, if that is nil, to a multiple of 64.
    static func safetensors(_ text: String, _ byteCount: Int? = nil) -> [UInt8] {
        let least = 8 + text.utf8.count
        let size = byteCount ?? (least + 63) / 64 * 64
        return withUnsafeBytes(of: UInt64(size - 8).littleEndian) { Array($0) } + text.utf8
            + [UInt8](repeating: UInt8(ascii: " "), count: size - least)
    }
}
