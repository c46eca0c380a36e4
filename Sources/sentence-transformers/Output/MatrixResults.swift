// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// Writes rows of numbers, all of one width, as `.npy` or `.safetensors`.
final class MatrixResults: ResultWriter {
    private let files: OutputFiles
    private let header: MatrixHeader
    private var shape: (columns: Int, type: MatrixHeader.ElementType)?

    init(_ files: OutputFiles, _ header: MatrixHeader) {
        self.files = files
        self.header = header
    }

    func write(_ result: WindowResult, fields: [[UInt8]?]) throws {
        switch result {
        case .embeddings(let matrix), .scores(let matrix):
            try matrix.withUnsafeBufferPointer { try write(UnsafeRawBufferPointer($0), matrix.columns, .float32) }
        case .quantized(let result):
            try result.bytes.withUnsafeBytes { try write($0, result.columns, result.isSigned ? .int8 : .uint8) }
        case .sparse(let matrix): try write(.embeddings(matrix.dense), fields: fields)
        case .words, .tokens, .ids, .classes: throw Failure("these results have no common shape; write them as .jsonl")
        }
    }

    private func write(
        _ bytes: UnsafeRawBufferPointer, _ columns: Int, _ type: MatrixHeader.ElementType
    ) throws {
        shape = (columns, type)
        let part = try files.part("rows")
        if part.length == 0 { try part.write([UInt8](repeating: 0, count: header.byteCount)) }
        try part.write(bytes)
    }

    func finish() throws {
        guard let shape else { throw Failure("nothing was written") }
        let part = try files.part("rows")
        let size = shape.columns * shape.type.byteCount
        let rows = size == 0 ? 0 : (part.length - header.byteCount) / size
        try part.writeHeader(header.bytes(rows: rows, columns: shape.columns, shape.type))
        try files.deliver("rows")
    }
}
