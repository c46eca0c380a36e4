// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A vector most of whose elements are zero: the indices and the values of the others.
public struct SparseVector: Sendable, Hashable {
    /// The number of elements, zeros included.
    public let dimension: Int
    /// Where the elements that are not zero stand, ascending.
    public let indices: [Int]
    /// The elements at the indices.
    public let values: [Float]

    /// A vector of the given elements and zeros.
    ///
    /// - Parameters:
    ///   - dimension: The number of elements, zeros included; at most 2^31 - 1.
    ///   - indices: Where the given elements stand: ascending, from 0 to below the dimension.
    ///   - values: The elements there, as many.
    /// - Throws: ``SearchError`` with code `invalidArgument` if one of these is not so.
    public init(dimension: Int, indices: [Int], values: [Float]) throws {
        guard indices.count == values.count else {
            throw SearchError(
                .invalidArgument, "a sparse vector has \(indices.count) indices for \(values.count) values")
        }
        try SparseMatrix.check(columns: dimension)
        try SparseMatrix.check(indices, columns: dimension)
        self.init(dimension: dimension, ascending: indices, values)
    }

    /// A vector whose parts are known to fit.
    package init(dimension: Int, ascending indices: [Int], _ values: [Float]) {
        self.dimension = dimension
        self.indices = indices
        self.values = values
    }

    /// A vector of the elements that are not zero.
    public init(_ elements: some Collection<Float>) {
        let active = elements.enumerated().filter { $1 != 0 }
        self.init(dimension: elements.count, ascending: active.map(\.offset), active.map(\.element))
    }

    /// The number of elements that are not zero.
    public var activeCount: Int { indices.count }

    /// All elements, zeros included.
    public var dense: [Float] {
        var elements = [Float](repeating: 0, count: dimension)
        for (index, value) in zip(indices, values) { elements[index] = value }
        return elements
    }

    /// What the two vectors share: the products of elements, where these are positive.
    ///
    /// Decoded by the model, it tells by which words two texts match.
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

/// As `{"dimension": …, "indices": […], "values": […]}`.
extension SparseVector: Codable {
    private enum CodingKeys: String, CodingKey { case dimension, indices, values }

    /// Reads what `encode(to:)` writes.
    ///
    /// - Throws: `DecodingError`, also if the parts do not make a vector.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let dimension = try container.decode(Int.self, forKey: .dimension)
        let indices = try container.decode([Int].self, forKey: .indices)
        let values = try container.decode([Float].self, forKey: .values)
        self = try decoder.checking { try SparseVector(dimension: dimension, indices: indices, values: values) }
    }
}

extension SparseVector: CustomStringConvertible {
    /// The first elements as `index: value`, and how many there are.
    public var description: String {
        let shown = zip(indices, values).prefix(8).map { "\($0): \(Matrix.format($1))" }
        let rest = activeCount > shown.count ? ", …" : ""
        return "[" + shown.joined(separator: ", ") + rest + "] (\(activeCount) of \(dimension))"
    }
}
