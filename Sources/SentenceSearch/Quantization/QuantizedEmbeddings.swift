// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Embeddings of one byte or one bit per dimension, as ``quantizeEmbeddings(_:precision:ranges:)`` returns them.
public struct QuantizedEmbeddings: Sendable, Hashable {
    /// Any precision except `float32`.
    public let precision: EmbeddingPrecision
    /// The number of embeddings.
    public let rows: Int
    /// The number of bytes of an embedding.
    public let columns: Int
    /// All embeddings, one after another; for `int8` and `binary` in two's complement.
    public let bytes: [UInt8]

    /// Whether the bytes are signed numbers.
    public var isSigned: Bool { precision == .int8 || precision == .binary }

    /// The bytes of one embedding, as the numbers that they represent.
    public subscript(row: Int) -> [Int] {
        precondition((0..<rows).contains(row), "row \(row) of \(rows)")
        return bytes[row * columns..<(row + 1) * columns].map { isSigned ? Int(Int8(bitPattern: $0)) : Int($0) }
    }
}
