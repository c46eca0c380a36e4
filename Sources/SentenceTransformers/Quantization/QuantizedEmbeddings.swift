// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Embeddings of one byte or one bit a dimension.
public struct QuantizedEmbeddings: Sendable, Equatable {
    /// One of the precisions but `float32`.
    public let precision: EmbeddingPrecision
    /// The number of embeddings.
    public let rows: Int
    /// Bytes of an embedding.
    public let columns: Int
    /// All embeddings, one after another; of `int8` and `binary` in two's complement.
    public let bytes: [UInt8]

    /// Whether the bytes are signed numbers.
    public var isSigned: Bool { precision == .int8 || precision == .binary }

    /// The bytes of one embedding as the numbers that they stand for.
    public subscript(row: Int) -> [Int] {
        bytes[row * columns..<(row + 1) * columns].map { isSigned ? Int(Int8(bitPattern: $0)) : Int($0) }
    }
}

/// The smallest and the largest value of each dimension, between which int8 and uint8 quantization divides.
public struct QuantizationRanges: Sendable, Equatable {
    /// The smallest values, one a dimension.
    public var minimums: [Float]
    /// The largest values, one a dimension.
    public var maximums: [Float]

    /// The given ranges, which must have one length.
    public init(minimums: [Float], maximums: [Float]) {
        precondition(minimums.count == maximums.count, "\(minimums.count) minimums, \(maximums.count) maximums")
        self.minimums = minimums
        self.maximums = maximums
    }

    /// The ranges that embeddings take; a hundred or more give a fair picture.
    public init(calibrating embeddings: Matrix) {
        let columns = embeddings.columns
        minimums = [Float](repeating: .infinity, count: columns)
        maximums = [Float](repeating: -.infinity, count: columns)
        embeddings.withUnsafeBufferPointer { elements in
            for (index, element) in elements.enumerated() {
                minimums[index % columns] = min(minimums[index % columns], element)
                maximums[index % columns] = max(maximums[index % columns], element)
            }
        }
    }
}

extension Matrix {
    /// The rows in another precision.
    ///
    /// int8 and uint8 divide the range of each dimension into 255 steps; binary precisions keep the sign.
    /// - Parameters:
    ///   - precision: Any but `float32`.
    ///   - ranges: The range of each dimension for int8 and uint8; if nil, that of these rows, of which there must
    ///     then be two at least.
    /// - Returns: One row of bytes for each row.
    /// - Throws: ``SentenceTransformersError`` with code `invalidArgument`.
    public func quantized(
        to precision: EmbeddingPrecision, ranges: QuantizationRanges? = nil
    ) throws -> QuantizedEmbeddings {
        switch precision {
        case .float32:
            throw SentenceTransformersError(
                .invalidArgument, "float32 embeddings are not quantized; use the matrix itself")
        case .int8, .uint8:
            let bytes = try scaled(ranges, offset: precision == .int8 ? 128 : 0)
            return QuantizedEmbeddings(precision: precision, rows: rows, columns: columns, bytes: bytes)
        case .binary, .ubinary:
            let bytes = signs(flippingHighBit: precision == .binary)
            return QuantizedEmbeddings(precision: precision, rows: rows, columns: (columns + 7) / 8, bytes: bytes)
        }
    }

    private func scaled(_ ranges: QuantizationRanges?, offset: UInt8) throws -> [UInt8] {
        guard rows > 0 else { return [] }
        if ranges == nil, rows == 1 {
            throw SentenceTransformersError(
                .invalidArgument,
                "int8 and uint8 need the range of each dimension, which one embedding does not show; pass ranges or "
                    + "several texts")
        }
        let ranges = ranges ?? QuantizationRanges(calibrating: self)
        guard ranges.minimums.count == columns else {
            throw SentenceTransformersError(
                .invalidArgument, "the ranges have \(ranges.minimums.count) dimensions, the embeddings \(columns)")
        }
        let steps = zip(ranges.minimums, ranges.maximums).map { low, high in
            let step = (high - low) / 255
            return step == 0 ? 1 : step
        }
        return withUnsafeBufferPointer { elements in
            elements.enumerated().map { index, element in
                let level = ((element - ranges.minimums[index % columns]) / steps[index % columns]).rounded(.down)
                // NaN takes the lowest level.
                return (level > 0 ? UInt8(min(level, 255)) : 0) &- offset
            }
        }
    }

    private func signs(flippingHighBit: Bool) -> [UInt8] {
        let width = (columns + 7) / 8
        var bytes = [UInt8](repeating: 0, count: rows * width)
        withUnsafeBufferPointer { elements in
            for row in 0..<rows {
                for column in 0..<columns where elements[row * columns + column] > 0 {
                    bytes[row * width + column / 8] |= 0x80 >> UInt8(column % 8)
                }
            }
        }
        return flippingHighBit ? bytes.map { $0 &- 128 } : bytes
    }
}
