// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Embeddings to search, in memory or in a file, in full or reduced precision.
///
/// Nothing is copied or computed in advance; a search reads the rows where they are.
public struct SearchCorpus: Sendable {
    /// How the numbers of a row are stored.
    public enum Storage: String, Sendable, CaseIterable {
        /// 4 bytes per dimension.
        case float32
        /// 2 bytes per dimension.
        case float16
        /// One byte per dimension, -128 to 127; a step within the range of its dimension.
        case int8
        /// One byte per dimension, 0 to 255; a step within the range of its dimension.
        case uint8
        /// One bit per dimension, in bytes minus 128.
        case binary
        /// One bit per dimension.
        case ubinary

        /// Whether rows are bits, which are compared by the Hamming distance.
        var isBinary: Bool { self == .binary || self == .ubinary }

        init(_ precision: EmbeddingPrecision) {
            switch precision {
            case .float32: self = .float32
            case .int8: self = .int8
            case .uint8: self = .uint8
            case .binary: self = .binary
            case .ubinary: self = .ubinary
            }
        }

        /// The size of a row of so many numbers, or of so many bytes of bits.
        package func byteCount(columns: Int) -> Int {
            switch self {
            case .float32: 4 * columns
            case .float16: 2 * columns
            default: columns
            }
        }
    }

    /// How the numbers of a row are stored.
    public let storage: Storage
    /// The number of embeddings.
    public let rows: Int
    /// The number of dimensions; for bits the number of bytes of an embedding.
    public let columns: Int
    let source: any RowSource
    /// What the codes of an integer type stand for: `(code - least code) * scale + offset`.
    let scale: [Float], offset: [Float]

    /// Embeddings in a source, whose rows must have the size that storage and columns say.
    package init(
        _ source: any RowSource, storage: Storage, columns: Int, ranges: QuantizationRanges? = nil
    ) throws {
        precondition(source.rowByteCount == storage.byteCount(columns: columns), "rows of \(source.rowByteCount) bytes")
        self.source = source
        self.storage = storage
        self.columns = columns
        rows = source.rows
        guard storage == .int8 || storage == .uint8 else {
            (scale, offset) = ([], [])
            return
        }
        guard let ranges else {
            scale = [Float](repeating: 1, count: columns)
            offset = [Float](repeating: storage == .int8 ? -128 : 0, count: columns)
            return
        }
        try ranges.check(columns: columns)
        scale = ranges.steps
        offset = ranges.minimums
    }

    /// A matrix of embeddings.
    public init(_ matrix: Matrix) {
        source = TensorRows(tensor: matrix.tensor)
        storage = .float32
        (rows, columns) = (matrix.rows, matrix.columns)
        (scale, offset) = ([], [])
    }

    /// Quantized embeddings.
    ///
    /// - Parameters:
    ///   - embeddings: The embeddings.
    ///   - ranges: The ranges with which int8 and uint8 were quantized; scores are then those of the numbers that the
    ///     codes stand for. If nil, codes are compared as numbers, which is only exact if all dimensions had one range.
    /// - Throws: ``SearchError`` with code `invalidArgument` if the ranges have other dimensions.
    public init(_ embeddings: QuantizedEmbeddings, ranges: QuantizationRanges? = nil) throws {
        try self.init(
            ByteRows(bytes: embeddings.bytes, rows: embeddings.rows, rowByteCount: embeddings.columns),
            storage: Storage(embeddings.precision), columns: embeddings.columns, ranges: ranges)
    }

    /// Embeddings in half precision.
    ///
    /// - Parameters:
    ///   - bits: The bit patterns of IEEE half-precision numbers, row after row.
    ///   - rows: The number of embeddings.
    ///   - columns: The number of dimensions.
    /// - Throws: ``SearchError`` with code `invalidArgument` if there are not `rows * columns` of them.
    public init(float16 bits: [UInt16], rows: Int, columns: Int) throws {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !overflow, count == bits.count else {
            throw SearchError(
                .invalidArgument, "\(bits.count) numbers do not fill a matrix of \(rows) rows and \(columns) columns")
        }
        let storage = SentenceTensors.Storage(uninitializedByteCount: 2 * count)
        bits.withUnsafeBytes { storage.mutableBytes.copyMemory(from: $0) }
        try self.init(
            TensorRows(tensor: Tensor(storage: storage, shape: [rows, columns], elementType: .float16)),
            storage: .float16, columns: columns)
    }
}

extension QuantizationRanges {
    /// The step from one code to the next, for each dimension.
    var steps: [Float] {
        zip(minimums, maximums).map { low, high in
            let step = (high - low) / 255
            return step == 0 ? 1 : step
        }
    }

    /// Refuses another number of dimensions.
    func check(columns: Int) throws {
        guard minimums.count == columns, maximums.count == columns else {
            throw SearchError(
                .invalidArgument,
                "the ranges have \(min(minimums.count, maximums.count)) dimensions, the embeddings \(columns)")
        }
    }
}
