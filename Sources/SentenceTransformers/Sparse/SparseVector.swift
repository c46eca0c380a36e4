// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A vector most of whose elements are zero: the indices and the values of the others.
public struct SparseVector: Sendable, Equatable {
    /// The number of elements, zeros included.
    public let dimension: Int
    /// Where the elements that are not zero stand, ascending.
    public let indices: [Int]
    /// The elements at the indices.
    public let values: [Float]

    /// A vector of `dimension` elements; as many values as indices, which ascend and are below the dimension.
    public init(dimension: Int, indices: [Int], values: [Float]) {
        precondition(indices.count == values.count, "\(indices.count) indices for \(values.count) values")
        precondition(
            zip(indices, indices.dropFirst()).allSatisfy(<) && indices.first ?? 0 >= 0
                && indices.last ?? -1 < dimension, "indices ascend from 0 to below \(dimension)")
        self.dimension = dimension
        self.indices = indices
        self.values = values
    }

    /// A vector of the elements that are not zero.
    public init(_ elements: [Float]) {
        let indices = elements.indices.filter { elements[$0] != 0 }
        self.init(dimension: elements.count, indices: indices, values: indices.map { elements[$0] })
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
    /// With ``SparseEncoder/decode(_:topK:)-(SparseVector,_)`` it tells by which words two texts match.
    public func intersection(_ other: SparseVector) -> SparseVector {
        precondition(dimension == other.dimension, "vectors differ in dimension: \(dimension) and \(other.dimension)")
        var indices: [Int] = [], values: [Float] = []
        SparseRow(self).merge(SparseRow(other)) { index, a, b in
            guard a * b > 0 else { return }
            indices.append(index)
            values.append(a * b)
        }
        return SparseVector(dimension: dimension, indices: indices, values: values)
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
