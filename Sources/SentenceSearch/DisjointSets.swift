// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Sets of numbers that are joined; each is known by its least number, whatever the order in which sets are joined.
///
/// Tarjan, *Efficiency of a Good But Not Linear Set Union Algorithm*, 1975, <https://doi.org/10.1145/321879.321884>,
/// with paths halved.
struct DisjointSets: Sendable {
    /// For each number a lower one of its set, or itself.
    private var parents: [UInt32]

    /// Sets of one number each.
    init(count: Int) { parents = (0..<count).map { UInt32($0) } }

    /// The least number of the set with a number.
    mutating func first(of number: Int) -> Int {
        var place = UInt32(number)
        while parents[Int(place)] != place {
            parents[Int(place)] = parents[Int(parents[Int(place)])]
            place = parents[Int(place)]
        }
        return Int(place)
    }

    /// Joins the sets of two numbers.
    mutating func join(_ a: Int, _ b: Int) {
        let (a, b) = (first(of: a), first(of: b))
        parents[max(a, b)] = UInt32(min(a, b))
    }

    /// Joins what is joined in another one of the same numbers.
    mutating func merge(_ other: DisjointSets) {
        for (number, parent) in other.parents.enumerated() where Int(parent) != number { join(number, Int(parent)) }
    }
}
