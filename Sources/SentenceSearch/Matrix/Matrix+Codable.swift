// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

extension Matrix: Hashable {
    /// Whether the shapes and all elements are equal.
    public static func == (a: Matrix, b: Matrix) -> Bool {
        a.shape == b.shape && a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { a.elementsEqual($0) } }
    }

    /// Feeds the shape and the elements into a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(shape)
        withUnsafeBufferPointer { for element in $0 { hasher.combine(element) } }
    }
}

/// Encoded as `{"shape": [rows, columns], "elements": […]}`.
extension Matrix: Codable {
    private enum CodingKeys: String, CodingKey { case shape, elements }

    /// Reads what ``encode(to:)`` writes.
    ///
    /// - Throws: `DecodingError`, also if the number of elements does not match the shape.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let shape = try container.decode([Int].self, forKey: .shape)
        guard shape.count == 2 else {
            throw DecodingError.dataCorruptedError(
                forKey: .shape, in: container, debugDescription: "expected rows and columns; found \(shape)")
        }
        let elements = try container.decode([Float].self, forKey: .elements)
        self = try decoder.checking { try Matrix(elements, rows: shape[0], columns: shape[1]) }
    }

    /// Writes the shape and the elements.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(shape, forKey: .shape)
        try container.encode(elements, forKey: .elements)
    }
}

extension Decoder {
    /// Calls `body` with decoded values; turns a ``SearchError`` about inconsistent values into a `DecodingError`.
    func checking<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as SearchError {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: codingPath, debugDescription: error.message, underlyingError: error))
        }
    }
}
