// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What one search found, as a part of a fusion.
public struct RankedList: Sendable, Hashable {
    /// The name of the search, such as "dense" or "bm25", which explanations have.
    public let name: String
    /// What it found, best first.
    public let hits: [ScoredIndex]
    /// How much it counts in relation to the other lists, at least 0.
    public let weight: Double

    /// A list with its name and weight.
    public init(_ name: String, _ hits: [ScoredIndex], weight: Double = 1) {
        self.name = name
        self.hits = hits
        self.weight = weight
    }
}

/// What one list added to a fused score.
public struct FusedPart: Sendable, Hashable {
    /// The name of the list.
    public let name: String
    /// The document's place in the list, counted from 1; nil if the list does not have it.
    public let rank: Int?
    /// The document's score in the list; nil if the list does not have it.
    public let score: Float?
    /// What the list adds to the fused score, its weight included.
    public let contribution: Double

    /// A part of a fused score.
    public init(name: String, rank: Int?, score: Float?, contribution: Double) {
        self.name = name
        self.rank = rank
        self.score = score
        self.contribution = contribution
    }
}

/// A document with its fused score, and how that came about.
public struct FusedHit: Sendable, Hashable {
    /// The index of the document.
    public let index: Int
    /// The sum of the contributions of all parts.
    public let score: Double
    /// One part for each list, in the order of the lists.
    public let parts: [FusedPart]
}
