// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Rows of any storage as float32 numbers, block by block, so that no decoded copy of all exists.
///
/// Codes are the numbers that they stand for, bits -1 and 1, whose dot product orders as the Hamming distance does.
struct DecodedRows: RowSource {
    private let corpus: SearchCorpus
    private let kernels = RowSearchKernels()

    /// The number of float32 numbers of a row.
    let columns: Int

    init(_ corpus: SearchCorpus) {
        self.corpus = corpus
        columns = corpus.dimensions
    }

    var rows: Int { corpus.rows }
    var rowByteCount: Int { columns * MemoryLayout<Float>.stride }

    func withRows(
        _ block: RowBlock, buffer: UnsafeMutableRawPointer,
        _ body: (UnsafeRawPointer, UnsafePointer<UInt32>?) throws -> Void
    ) throws {
        let size = corpus.source.rowByteCount, out = buffer.assumingMemoryBound(to: Float.self)
        let room = BufferPool.shared.take(byteCount: block.count * size)
        defer { BufferPool.shared.giveBack(room) }
        try corpus.source.withRows(block, buffer: room.address) { start, indices in
            for position in 0..<block.count {
                let row = indices.map { Int($0[position]) } ?? position
                corpus.decode(start + row * size, dimensions: columns, kernels, into: out + position * columns)
            }
        }
        if corpus.storage.isBinary {
            for place in 0..<block.count * columns { out[place] = 2 * out[place] - 1 }
        }
        try body(UnsafeRawPointer(buffer), nil)
    }

    func finish() throws { try corpus.source.finish() }
}

extension SearchCorpus {
    /// How many numbers an embedding stands for: for bits eight times the number of bytes.
    var dimensions: Int { storage.isBinary ? 8 * columns : columns }

    /// The same embeddings as float32 numbers, decoded when they are read; bits as -1 and 1.
    var decoded: SearchCorpus {
        get throws {
            guard storage != .float32 else { return self }
            let rows = DecodedRows(self)
            return try SearchCorpus(rows, storage: .float32, columns: rows.columns)
        }
    }
}
