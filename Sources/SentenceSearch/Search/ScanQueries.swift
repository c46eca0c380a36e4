// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Queries in the form that one kind of rows is compared with.
protocol ScanQueries: Sendable {
    /// The number of queries.
    var count: Int { get }
    /// The size in bytes of a query in this form.
    var queryByteCount: Int { get }

    /// The size in bytes of the scratch memory for so many rows.
    func scratchByteCount(rows: Int) -> Int

    /// Computes what all queries need of some rows.
    func prepare(
        _ start: UnsafeRawPointer, at indices: UnsafePointer<UInt32>?, count: Int, scratch: UnsafeMutableRawPointer
    ) -> PreparedRows

    /// Writes the score of query `queries.lowerBound + j` with row i to `out[j * stride + i]`.
    func score(_ rows: PreparedRows, queries: Range<Int>, into out: UnsafeMutablePointer<Float>, stride: Int)
}

/// Rows that are ready to be compared.
struct PreparedRows {
    let start: UnsafeRawPointer
    let indices: UnsafePointer<UInt32>?
    let count: Int
    /// 1 / length of each row, if scores are cosines.
    var inverseLengths: UnsafePointer<Float>?
    /// Room for a number of each row, if they are codes that are multiplied as they are.
    var squares: UnsafeMutablePointer<Float>?
}

/// Queries of float32 numbers, for rows of numbers in any storage.
struct DenseQueries: ScanQueries {
    /// A length below this counts as this, as in the reference; so the cosine with zeros is zero.
    private static let leastLength: Float = 1e-12

    private let queries: Tensor
    private let corpus: SearchCorpus
    private let function: SimilarityFunction
    private let dimensions: Int
    private let kernels = RowSearchKernels()

    /// - Parameters:
    ///   - queries: `[n, dimensions]`, for the cosine in any length.
    ///   - corpus: What they are compared with.
    ///   - function: How.
    init(_ queries: Matrix, _ corpus: SearchCorpus, _ function: SimilarityFunction) {
        self.queries = function == .cosine ? queries.tensor.normalized() : queries.tensor
        self.corpus = corpus
        self.function = function
        dimensions = queries.columns
    }

    var count: Int { queries.rows }
    var queryByteCount: Int { queries.columns * MemoryLayout<Float>.stride }
    /// Whether codes are multiplied as they are: with one query, decoded ones would be used only once.
    private var readsCodes: Bool {
        (corpus.storage == .int8 || corpus.storage == .uint8) && count == 1 && (function == .cosine || function == .dot)
    }
    private var isDecoded: Bool { corpus.storage != .float32 && !readsCodes }

    func scratchByteCount(rows: Int) -> Int {
        rows * MemoryLayout<Float>.stride * ((isDecoded ? dimensions : 0) + 1)
    }

    func prepare(
        _ start: UnsafeRawPointer, at indices: UnsafePointer<UInt32>?, count: Int, scratch: UnsafeMutableRawPointer
    ) -> PreparedRows {
        let scratch = scratch.assumingMemoryBound(to: Float.self), columns = dimensions
        var prepared = PreparedRows(start: start, indices: indices, count: count)
        if isDecoded {
            for position in 0..<count {
                let row = indices.map { Int($0[position]) } ?? position
                decode(start + row * corpus.source.rowByteCount, into: scratch + position * columns)
            }
            prepared = PreparedRows(start: scratch, indices: nil, count: count)
        }
        if readsCodes {
            prepared.squares = scratch
        } else if function == .cosine {
            let lengths = scratch + (isDecoded ? count * columns : 0)
            kernels.inverseLengths(rows(prepared), least: Self.leastLength, into: lengths)
            prepared.inverseLengths = UnsafePointer(lengths)
        }
        return prepared
    }

    /// Writes the numbers that a row stands for.
    private func decode(_ row: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
        corpus.decode(row, dimensions: dimensions, kernels, into: out)
    }

    private func rows(_ prepared: PreparedRows) -> RowSearchKernels.Rows {
        RowSearchKernels.Rows(
            prepared.start.assumingMemoryBound(to: Float.self), at: prepared.indices, count: prepared.count,
            size: dimensions)
    }

    func score(_ prepared: PreparedRows, queries range: Range<Int>, into out: UnsafeMutablePointer<Float>, stride: Int)
    {
        queries.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress?.assumingMemoryBound(to: Float.self) else { return }
            if let squares = prepared.squares { return score(prepared, start, into: out, squares) }
            let rows = rows(prepared)
            let queries = RowSearchKernels.Rows(
                start + range.lowerBound * queries.columns, count: range.count, size: queries.columns)
            kernels.scores(function, rows, queries, into: out, stride: stride)
        }
        guard let lengths = prepared.inverseLengths else { return }
        for query in 0..<range.count { kernels.multiply(out + query * stride, by: lengths, count: prepared.count) }
    }
}

extension DenseQueries {
    /// Writes the score of the only query with each row of codes.
    private func score(
        _ prepared: PreparedRows, _ query: UnsafePointer<Float>, into out: UnsafeMutablePointer<Float>,
        _ squares: UnsafeMutablePointer<Float>
    ) {
        corpus.scale.withUnsafeBufferPointer { scale in
            corpus.offset.withUnsafeBufferPointer { offset in
                guard let scale = scale.baseAddress, let offset = offset.baseAddress else { return }
                let codes = RowSearchKernels.Codes(
                    prepared.start.assumingMemoryBound(to: UInt8.self), at: prepared.indices, count: prepared.count,
                    flip: corpus.flip, scale: scale, offset: offset)
                kernels.products(codes, query, size: dimensions, into: out, squares: squares)
            }
        }
        guard function == .cosine else { return }
        for row in 0..<prepared.count { squares[row] = 1 / max(Self.leastLength, squares[row].squareRoot()) }
        kernels.multiply(out, by: squares, count: prepared.count)
    }
}

extension RowSearchKernels {
    /// Writes the score of query j with row i to `out[j * stride + i]`; for the cosine of unit vectors.
    func scores(
        _ function: SimilarityFunction, _ rows: Rows, _ queries: Rows, into out: UnsafeMutablePointer<Float>,
        stride: Int
    ) {
        switch function {
        case .cosine, .dot: products(rows, queries, into: out, stride: stride)
        case .euclidean: distances(.euclideanDistance, rows, queries, into: out, stride: stride)
        case .manhattan: distances(.manhattanDistance, rows, queries, into: out, stride: stride)
        }
    }
}

/// Queries of bits, for rows of bits.
struct BinaryQueries: ScanQueries {
    private let queries: QuantizedEmbeddings
    private let kernels = RowSearchKernels()

    /// Queries that are bits in the same form as those of the corpus.
    init(_ queries: QuantizedEmbeddings) { self.queries = queries }

    var count: Int { queries.rows }
    var queryByteCount: Int { queries.columns }

    func scratchByteCount(rows: Int) -> Int { 0 }

    func prepare(
        _ start: UnsafeRawPointer, at indices: UnsafePointer<UInt32>?, count: Int, scratch: UnsafeMutableRawPointer
    ) -> PreparedRows {
        PreparedRows(start: start, indices: indices, count: count)
    }

    func score(_ rows: PreparedRows, queries range: Range<Int>, into out: UnsafeMutablePointer<Float>, stride: Int) {
        queries.bytes.withUnsafeBufferPointer { bytes in
            guard let start = bytes.baseAddress else { return }
            for query in range {
                kernels.hamming(
                    rows.start.assumingMemoryBound(to: UInt8.self), at: rows.indices, count: rows.count,
                    size: queries.columns, from: start + query * queries.columns,
                    into: out + (query - range.lowerBound) * stride)
            }
        }
    }
}
