// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension SearchCorpus {
    /// Turns the codes of a signed storage into those of the unsigned one.
    var flip: UInt8 { storage == .int8 || storage == .binary ? 0x80 : 0 }

    /// Writes the numbers that a row of so many dimensions stands for; a bit stands for 0 or 1.
    func decode(
        _ row: UnsafeRawPointer, dimensions: Int, _ kernels: RowSearchKernels, into out: UnsafeMutablePointer<Float>
    ) {
        switch storage {
        case .float32: out.update(from: row.assumingMemoryBound(to: Float.self), count: dimensions)
        case .float16: kernels.widen(row.assumingMemoryBound(to: UInt16.self), count: dimensions, into: out)
        case .int8, .uint8:
            scale.withUnsafeBufferPointer { scale in
                offset.withUnsafeBufferPointer { offset in
                    guard let scale = scale.baseAddress, let offset = offset.baseAddress else { return }
                    kernels.decode(
                        row.assumingMemoryBound(to: UInt8.self), flip: flip,
                        scale: scale, offset: offset, count: dimensions, into: out)
                }
            }
        case .binary, .ubinary:
            let bytes = row.assumingMemoryBound(to: UInt8.self)
            for column in 0..<dimensions { out[column] = bytes[column / 8].bit(column % 8, flip: flip) }
        }
    }

    /// How many bytes are read from a file at a time.
    private static let blockBytes = 1 << 22

    /// All embeddings as float32 numbers in memory; those of integers as the numbers that their codes stand for.
    ///
    /// - Returns: `[rows, columns]`.
    /// - Throws: ``SearchError`` with code `invalidArgument` for bits, which stand for no numbers; an error of the file
    ///   that holds the corpus.
    public func matrix() throws -> Matrix {
        guard !storage.isBinary else {
            throw SearchError(.invalidArgument, "the embeddings are bits; expected numbers")
        }
        let kernels = RowSearchKernels(), size = source.rowByteCount
        let blockRows = max(1, Self.blockBytes / max(1, size))
        let matrix = try Tensor(shape: [rows, columns]) { out in
            guard let out = out.baseAddress, columns > 0 else { return }
            let buffer = BufferPool.shared.take(byteCount: blockRows * size)
            defer { BufferPool.shared.giveBack(buffer) }
            for first in stride(from: 0, to: rows, by: blockRows) {
                let count = min(blockRows, rows - first)
                let block = RowBlock(first: first, count: count, indices: nil)
                try source.withRows(block, buffer: buffer.address) { bytes, _ in
                    for row in 0..<count {
                        decode(bytes + row * size, dimensions: columns, kernels, into: out + (first + row) * columns)
                    }
                }
            }
        }
        try source.finish()
        return Matrix(matrix)
    }
}

extension UInt8 {
    /// Bit `index` from the highest on, as 0 or 1.
    fileprivate func bit(_ index: Int, flip: UInt8) -> Float { (self ^ flip) & (0x80 >> UInt8(index)) == 0 ? 0 : 1 }
}
