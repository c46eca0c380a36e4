// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A vector of mostly zeros, stored as the indices and values of its other elements.
public struct SparseVector: Sendable, Hashable {
    /// The number of elements, zeros included.
    public let dimension: Int
    /// The indices of the non-zero elements, ascending.
    public let indices: [Int]
    /// The elements at these indices.
    public let values: [Float]

    /// A vector with the given elements; all others are zero.
    ///
    /// - Parameters:
    ///   - dimension: The number of elements, zeros included; at most 2^31 - 1.
    ///   - indices: The indices of the given elements: ascending, at least 0 and less than the dimension.
    ///   - values: The elements at these indices, equally many.
    /// - Throws: ``SearchError`` with code `invalidArgument` if any of this does not hold.
    public init(dimension: Int, indices: [Int], values: [Float]) throws {
        guard indices.count == values.count else {
            throw SearchError(
                .invalidArgument, "a sparse vector has \(indices.count) indices for \(values.count) values")
        }
        try SparseMatrix.check(columns: dimension)
        try SparseMatrix.check(indices, columns: dimension)
        self.init(dimension: dimension, ascending: indices, values)
    }

    /// A vector from parts that are known to be valid.
    package init(dimension: Int, ascending indices: [Int], _ values: [Float]) {
        self.dimension = dimension
        self.indices = indices
        self.values = values
    }

    /// A vector of the non-zero elements.
    public init(_ elements: some Collection<Float>) {
        let active = elements.enumerated().filter { $1 != 0 }
        self.init(dimension: elements.count, ascending: active.map(\.offset), active.map(\.element))
    }

    /// The number of non-zero elements.
    public var activeCount: Int { indices.count }

    /// All elements, zeros included.
    public var dense: [Float] {
        var elements = [Float](repeating: 0, count: dimension)
        for (index, value) in zip(indices, values) { elements[index] = value }
        return elements
    }

    /// What two vectors share: the element-wise products, where they are positive.
    ///
    /// Decoded by the model, it tells which tokens two texts match on.
    /// - Throws: ``SearchError`` with code `invalidArgument` if they differ in dimensions.
    public func intersection(_ other: SparseVector) throws -> SparseVector {
        try SimilarityFunction.check([1, dimension], [1, other.dimension])
        var indices: [Int] = [], values: [Float] = []
        SparseRow(self).merge(SparseRow(other)) { index, a, b in
            guard a * b > 0 else { return }
            indices.append(index)
            values.append(a * b)
        }
        return SparseVector(dimension: dimension, ascending: indices, values)
    }
}

/// Encoded as `{"dimension": …, "indices": […], "values": […]}`.
extension SparseVector: Codable {
    private enum CodingKeys: String, CodingKey { case dimension, indices, values }

    /// Reads what `encode(to:)` writes.
    ///
    /// - Throws: `DecodingError`, also if the parts do not form a vector.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let dimension = try container.decode(Int.self, forKey: .dimension)
        let indices = try container.decode([Int].self, forKey: .indices)
        let values = try container.decode([Float].self, forKey: .values)
        self = try decoder.checking { try SparseVector(dimension: dimension, indices: indices, values: values) }
    }
}

extension SparseVector: CustomStringConvertible {
    /// The first elements as `index: value`, and the number of all.
    public var description: String {
        let shown = zip(indices, values).prefix(8).map { "\($0): \(Matrix.format($1))" }
        let rest = activeCount > shown.count ? ", …" : ""
        return "[" + shown.joined(separator: ", ") + rest + "] (\(activeCount) of \(dimension))"
    }
}
