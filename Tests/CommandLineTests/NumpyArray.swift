// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What a `.npy` file holds, read by the rules of the format and nothing else.
struct NumpyArray {
    let type: String
    let shape: [Int]
    let data: Data

    init(_ url: URL) throws {
        let file = try Data(contentsOf: url)
        try #require(file.starts(with: [0x93] + "NUMPY".utf8 + [1, 0]))
        let length = Int(file[8]) | Int(file[9]) << 8
        try #require((10 + length).isMultiple(of: 64), "the elements are aligned")
        let header = String(decoding: file[10..<10 + length], as: UTF8.self)
        let pattern = /\{'descr': '(.{3})', 'fortran_order': False, 'shape': \((\d+), (\d+)\), \} *\n/
        let match = try #require(try pattern.wholeMatch(in: header), "\(header)")
        type = String(match.1)
        shape = try [#require(Int(match.2)), #require(Int(match.3))]
        data = Data(file[(10 + length)...])
    }

    /// The rows of the numbers that `read` finds at a byte offset.
    private func rows(size: Int, _ read: (UnsafeRawBufferPointer, Int) -> Float) throws -> [[Float]] {
        try #require(data.count == shape[0] * shape[1] * size)
        return data.withUnsafeBytes { bytes in
            (0..<shape[0]).map { row in (0..<shape[1]).map { read(bytes, (row * shape[1] + $0) * size) } }
        }
    }

    /// The rows, as numbers.
    func rows() throws -> [[Float]] {
        switch type {
        case "<f4":
            try rows(size: 4) {
                Float(bitPattern: UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: $1, as: UInt32.self)))
            }
        case "|i1": try rows(size: 1) { Float(Int8(bitPattern: $0[$1])) }
        case "|u1": try rows(size: 1) { Float($0[$1]) }
        default: throw CocoaError(.fileReadCorruptFile)
        }
    }
}
