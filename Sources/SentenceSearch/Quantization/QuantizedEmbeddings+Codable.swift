// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Encoded as `{"precision": …, "rows": …, "columns": …, "bytes": […]}`.
extension QuantizedEmbeddings: Codable {
    private enum CodingKeys: String, CodingKey { case precision, rows, columns, bytes }

    /// Embeddings that were quantized earlier, for example those of a file or a database.
    ///
    /// - Parameters:
    ///   - bytes: All embeddings, one after another; for `int8` and `binary` in two's complement.
    ///   - precision: Any except `float32`.
    ///   - rows: The number of embeddings.
    ///   - columns: The number of bytes of an embedding.
    /// - Throws: ``SearchError`` with code `invalidArgument` if the arguments contradict each other.
    public init(_ bytes: [UInt8], precision: EmbeddingPrecision, rows: Int, columns: Int) throws {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows >= 0, columns >= 0, !overflow, count == bytes.count, precision != .float32 else {
            throw SearchError(
                .invalidArgument,
                "\(bytes.count) bytes are not \(rows) embeddings of \(columns) bytes in the precision \(precision.rawValue)"
            )
        }
        self.init(precision: precision, rows: rows, columns: columns, bytes: bytes)
    }

    /// Reads what ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError`, also if the parts contradict each other.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let precision = try container.decode(EmbeddingPrecision.self, forKey: .precision)
        let rows = try container.decode(Int.self, forKey: .rows)
        let columns = try container.decode(Int.self, forKey: .columns)
        let bytes = try container.decode([UInt8].self, forKey: .bytes)
        self = try decoder.checking {
            try QuantizedEmbeddings(bytes, precision: precision, rows: rows, columns: columns)
        }
    }

    /// Writes the precision, the shape and the bytes.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(precision, forKey: .precision)
        try container.encode(rows, forKey: .rows)
        try container.encode(columns, forKey: .columns)
        try container.encode(bytes, forKey: .bytes)
    }
}
