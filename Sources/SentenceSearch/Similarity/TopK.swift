// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A score and its index in a collection.
public struct ScoredIndex: Sendable, Hashable, Codable {
    /// The index, counted from 0.
    public let index: Int
    /// The score, such as a similarity.
    public let score: Float

    /// A score with its index.
    public init(index: Int, score: Float) {
        self.index = index
        self.score = score
    }
}

extension Collection<Float> {
    /// The largest numbers, in descending order; of equal ones the first comes first, and NaN comes last.
    ///
    /// ```swift
    /// for hit in try model.similarity(query, embeddings).topK(3) { print(hit.score, texts[hit.index]) }
    /// ```
    /// - Parameter count: How many to return at most; none if it is 0 or less.
    /// - Returns: The numbers with their indices, counted from the beginning.
    public func topK(_ count: Int) -> [ScoredIndex] {
        func best(of numbers: UnsafeBufferPointer<Float>) -> [ScoredIndex] {
            LargestElements.indices(numbers, count: Swift.max(0, count)) { $0 }
                .map { ScoredIndex(index: $0, score: numbers[$0]) }
                .sorted {
                    $0.score.ranks(before: $1.score) || (!$1.score.ranks(before: $0.score) && $0.index < $1.index)
                }
        }
        return withContiguousStorageIfAvailable(best) ?? Array(self).withUnsafeBufferPointer(best)
    }
}

extension Float {
    /// Whether this number is larger, in an order that puts NaN last.
    func ranks(before other: Float) -> Bool { !isNaN && (other.isNaN || self > other) }
}
