// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Converts embeddings to another precision.
///
/// int8 and uint8 divide the range of each dimension into 255 steps; the binary precisions keep only the sign.
/// - Parameters:
///   - embeddings: `[n, dimensions]`.
///   - precision: Any except `float32`.
///   - ranges: The range of each dimension for int8 and uint8; if nil, that of these embeddings, of which there must
///     then be at least two.
/// - Returns: One row of bytes for each embedding.
/// - Throws: ``SearchError`` with code `invalidArgument`, also for NaN and infinite numbers, which would otherwise
///   become ordinary numbers.
public func quantizeEmbeddings(
    _ embeddings: Matrix, precision: EmbeddingPrecision, ranges: QuantizationRanges? = nil
) throws -> QuantizedEmbeddings {
    if precision != .float32, let row = embeddings.rowsNotFinite.first {
        throw SearchError(
            .invalidArgument,
            "embedding \(row) holds NaN or an infinite number, which \(precision.rawValue) cannot tell from others")
    }
    let (rows, columns) = (embeddings.rows, embeddings.columns)
    switch precision {
    case .float32:
        throw SearchError(.invalidArgument, "float32 embeddings are not quantized; use the matrix itself")
    case .int8, .uint8:
        let bytes = try embeddings.scaled(ranges, offset: precision == .int8 ? 128 : 0)
        return QuantizedEmbeddings(precision: precision, rows: rows, columns: columns, bytes: bytes)
    case .binary, .ubinary:
        let bytes = embeddings.signs(flippingHighBit: precision == .binary)
        return QuantizedEmbeddings(precision: precision, rows: rows, columns: (columns + 7) / 8, bytes: bytes)
    }
}

extension Matrix {
    /// The indices of the rows that contain NaN or an infinite number.
    package var rowsNotFinite: [Int] {
        withUnsafeBufferPointer { elements in
            (0..<rows).filter { !elements[$0 * columns..<($0 + 1) * columns].allSatisfy(\.isFinite) }
        }
    }

    /// The elements as steps within the ranges of their dimensions, minus an offset.
    fileprivate func scaled(_ ranges: QuantizationRanges?, offset: UInt8) throws -> [UInt8] {
        guard rows > 0 else { return [] }
        if ranges == nil, rows == 1 {
            throw SearchError(
                .invalidArgument,
                "int8 and uint8 need the range of each dimension, which one embedding does not show; pass ranges or "
                    + "several texts")
        }
        let ranges = ranges ?? QuantizationRanges(calibrating: self)
        try ranges.check(columns: columns)
        let steps = ranges.steps
        return withUnsafeBufferPointer { elements in
            elements.enumerated().map { index, element in
                let level = ((element - ranges.minimums[index % columns]) / steps[index % columns]).rounded(.down)
                return (level > 0 ? UInt8(Swift.min(level, 255)) : 0) &- offset
            }
        }
    }

    /// The signs of the elements, eight in a byte.
    fileprivate func signs(flippingHighBit: Bool) -> [UInt8] {
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
