// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Embeddings in the form in which mining compares them: as float32 numbers, all finite; for the cosine of unit length.
struct MiningCorpus: Sendable {
    /// How many rows are looked at at a time.
    private static let blockRows = 1024
    /// With fewer numbers, bounds of scores cost about as much as scores.
    private static let leastColumns = 32

    let vectors: SearchCorpus
    /// How they are compared; unit vectors by their products.
    let function: SimilarityFunction
    private let isUnit: Bool

    /// The number of rows.
    var count: Int { vectors.rows }

    /// - Throws: ``SearchError`` with code `invalidArgument` for an embedding with NaN or an infinite number.
    init(_ embeddings: SearchCorpus, _ function: SimilarityFunction, threads: Int?) throws {
        if let threads { try SearchError.requirePositive(threads, "threads") }
        // Rows are counted in 32 bits.
        guard embeddings.rows <= Int(UInt32.max) else {
            throw SearchError(
                .invalidArgument, "\(embeddings.rows) embeddings are too many; expected up to \(UInt32.max)")
        }
        let numbers = try embeddings.decoded
        try Self.forEachBlock(numbers, threads) { first, rows in
            guard let row = rows.rowsNotFinite.first else { return }
            throw SearchError(
                .invalidArgument,
                "embedding \(first + row) holds NaN or an infinite number, which is similar to nothing")
        }
        isUnit = function == .cosine
        self.function = isUnit ? .dot : function
        vectors =
            isUnit
            ? try SearchCorpus(UnitRows(numbers.source), storage: .float32, columns: numbers.columns) : numbers
    }

    /// What rounding to 8 bits takes from each row; nil if scores are no products of unit vectors, or it does not pay off.
    func roundingLosses(threads: Int?) throws -> [RoundingLoss]? {
        guard isUnit, Self.leastColumns...ProductBounds.mostColumns ~= vectors.columns else { return nil }
        return try [RoundingLoss](unsafeUninitializedCapacity: count) { out, initialized in
            guard let start = out.baseAddress else { return }
            // Every block writes its own rows.
            nonisolated(unsafe) let losses = start
            try Self.forEachBlock(vectors, threads) { first, rows in
                RoundingLoss.measure(rows.tensor, into: losses + first)
            }
            initialized = count
        }
    }

    /// Calls `body` with the index of the first row of each block, and its rows.
    private static func forEachBlock(
        _ corpus: SearchCorpus, _ threads: Int?, _ body: @escaping @Sendable (Int, Matrix) throws -> Void
    ) throws {
        try Execution.with(threads: threads ?? Parallel.availableThreads) {
            try Parallel.forEach((corpus.rows + blockRows - 1) / blockRows) { block in
                let first = block * blockRows
                try body(first, corpus.matrix(first..<min(first + blockRows, corpus.rows)))
            }
        }
    }
}

extension SearchCorpus {
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
