// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// The smallest and the largest value of each dimension, between which int8 and uint8 quantization takes its steps.
///
/// A query must be quantized with the ranges of the corpus that it is compared with, so keep them with the corpus:
///
/// ```swift
/// let ranges = QuantizationRanges(calibrating: embeddings)
/// try ranges.write(to: url)
/// let query = try model.encode(["a query"], precision: .int8, ranges: QuantizationRanges(contentsOf: url))
/// ```
public struct QuantizationRanges: Sendable, Hashable, Codable {
    /// The smallest value of each dimension.
    public var minimums: [Float]
    /// The largest value of each dimension.
    public var maximums: [Float]

    /// The given ranges.
    ///
    /// - Throws: ``SearchError`` if they differ in length, or if they are not ranges.
    public init(minimums: [Float], maximums: [Float]) throws {
        self.minimums = minimums
        self.maximums = maximums
        try check("the ranges")
    }

    /// The ranges of the given embeddings; a hundred or more are representative.
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

    /// Reads ranges that ``write(to:)`` wrote.
    ///
    /// - Throws: `CheckpointError` for a file that cannot be read or is not JSON, ``SearchError`` if it does not
    ///   contain ranges.
    public init(contentsOf url: URL) throws {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw CheckpointError(.unreadable, "cannot read \(url.path)", cause: error)
        }
        let value = try data.withUnsafeBytes { try JSONValue(parsing: $0, file: url.path) }
        func numbers(_ key: String) throws -> [Float] {
            guard let elements = value.asObject?[ExactString(key)]?.asArray,
                case let numbers = elements.compactMap(\.asDouble).map(Float.init), numbers.count == elements.count
            else {
                throw SearchError(
                    .invalidArgument, "\(url.path): expected an array of numbers \"\(key)\"")
            }
            return numbers
        }
        minimums = try numbers("minimums")
        maximums = try numbers("maximums")
        try check(url.path)
    }

    /// Reads the arrays "minimums" and "maximums".
    ///
    /// - Throws: `DecodingError`, or ``SearchError`` if they are not ranges.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        minimums = try container.decode([Float].self, forKey: .minimums)
        maximums = try container.decode([Float].self, forKey: .maximums)
        try check("the ranges")
    }

    /// Writes the ranges as a JSON object of two arrays, in full precision.
    ///
    /// - Throws: `CheckpointError` if the file cannot be written.
    public func write(to url: URL) throws {
        // The digits of a Float give the same Float when read, and are fewer than those of a Double.
        func list(_ numbers: [Float]) -> String { "[" + numbers.map(\.description).joined(separator: ",") + "]" }
        try AtomicFile.write("{\"minimums\":\(list(minimums)),\"maximums\":\(list(maximums))}\n", to: url)
    }

    /// The smallest ranges that contain both these and others with the same dimensions.
    package func united(with other: QuantizationRanges) -> QuantizationRanges {
        var united = self
        united.minimums = zip(minimums, other.minimums).map { min($0, $1) }
        united.maximums = zip(maximums, other.maximums).map { max($0, $1) }
        return united
    }

    private func check(_ name: String) throws {
        guard minimums.count == maximums.count else {
            throw SearchError(
                .invalidArgument, "\(name): found \(minimums.count) minimums and \(maximums.count) maximums")
        }
        for index in minimums.indices
        where !minimums[index].isFinite || !maximums[index].isFinite || minimums[index] > maximums[index] {
            throw SearchError(
                .invalidArgument,
                "\(name): the range of dimension \(index) is \(minimums[index]) to \(maximums[index]); expected two "
                    + "finite numbers, the smaller one first")
        }
    }
}
