// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension SearchCorpus {
    /// How many rows are checked at a time.
    private static let checkedRows = 1024

    /// The same embeddings as mining compares them: as float32 numbers, all finite; for the cosine of unit length.
    ///
    /// - Throws: ``SearchError`` with code `invalidArgument` for an embedding with NaN or an infinite number.
    func forMining(_ function: SimilarityFunction, threads: Int?) throws -> (SearchCorpus, SimilarityFunction) {
        if let threads { try SearchError.requirePositive(threads, "threads") }
        // Rows are counted in 32 bits.
        guard rows <= Int(UInt32.max) else {
            throw SearchError(.invalidArgument, "\(rows) embeddings are too many; expected up to \(UInt32.max)")
        }
        let numbers = try decoded
        try Execution.with(threads: threads ?? Parallel.availableThreads) {
            try Parallel.forEach((rows + Self.checkedRows - 1) / Self.checkedRows) { chunk in
                let first = chunk * Self.checkedRows
                let found = try numbers.matrix(first..<min(first + Self.checkedRows, rows)).rowsNotFinite
                guard let row = found.first else { return }
                throw SearchError(
                    .invalidArgument,
                    "embedding \(first + row) holds NaN or an infinite number, which is similar to nothing")
            }
        }
        guard function == .cosine else { return (numbers, function) }
        return (try SearchCorpus(UnitRows(numbers.source), storage: .float32, columns: numbers.columns), .dot)
    }

    /// Some rows of float32 numbers.
    func matrix(_ range: Range<Int>) throws -> Matrix { try matrix(Array(range)) }

    /// The rows of float32 numbers at some indices.
    func matrix(_ indices: [Int]) throws -> Matrix {
        let size = source.rowByteCount
        return try Matrix(
            Tensor(shape: [indices.count, columns]) { out in
                guard let out = out.baseAddress, size > 0 else { return }
                let buffer = BufferPool.shared.take(byteCount: size)
                defer { BufferPool.shared.giveBack(buffer) }
                for (place, row) in indices.enumerated() {
                    try source.withRows(RowBlock(first: row, count: 1, indices: nil), buffer: buffer.address) {
                        start, _ in
                        UnsafeMutableRawPointer(out + place * columns).copyMemory(from: start, byteCount: size)
                    }
                }
            })
    }
}
