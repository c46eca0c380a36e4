// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Agglomerative clustering: repeatedly joins the two clusters that are nearest.
///
/// By chains of nearest neighbours: Müllner, *Modern hierarchical, agglomerative clustering algorithms*, 2011,
/// <https://arxiv.org/abs/1109.2378>, figure 3. Ties and the order of clusters are those of SciPy's `linkage` and
/// `fcluster`.
struct ClusterTree {
    /// Two clusters that become one.
    ///
    /// Numbers below `count` are single items; join i creates cluster count + i.
    private struct Join {
        var first: Int
        var second: Int
        let height: Double
    }

    private let count: Int
    /// In ascending order of heights.
    private let joins: [Join]

    /// Clusters items by their distances, which become those of clusters; `onJoin` is called before each join.
    init(_ distances: consuming CondensedDistances, _ linkage: Linkage, onJoin: () throws -> Void) rethrows {
        count = distances.count
        joins = Self.numbered(try Self.chains(&distances, linkage, onJoin), count)
    }

    /// The joins in the order in which nearest-neighbour chains find them, each given by one item of either cluster.
    private static func chains(
        _ distances: inout CondensedDistances, _ linkage: Linkage, _ onJoin: () throws -> Void
    ) rethrows -> [Join] {
        let count = distances.count
        var sizes = [Double](repeating: 1, count: count)
        // One item of each cluster, ascending.
        var open = Array(0..<count)
        var chain: [Int] = []
        var joins: [Join] = []
        while joins.count < count - 1 {
            if chain.isEmpty { chain = [open[0]] }
            while true {
                let end = chain[chain.count - 1]
                // Ties go to the item that the chain came from, so that it does not run in circles.
                let last = chain.count > 1 ? chain[chain.count - 2] : nil
                var nearest = last ?? (open[0] == end ? open[1] : open[0])
                var least = last.map { distances[end, $0] } ?? .infinity
                for item in open where item != end {
                    let distance = distances[end, item]
                    if distance < least { (nearest, least) = (item, distance) }
                }
                guard nearest == last else {
                    chain.append(nearest)
                    continue
                }
                try onJoin()
                let (first, second) = (min(end, nearest), max(end, nearest))
                joins.append(Join(first: first, second: second, height: least))
                distances.join(first, into: second, sizes, open, linkage)
                sizes[second] += sizes[first]
                if let place = open.firstIndex(of: first) { open.remove(at: place) }
                chain.removeLast(2)
                break
            }
        }
        return joins
    }

    /// The joins in ascending order, renumbered by the clusters that they join.
    private static func numbered(_ joins: [Join], _ count: Int) -> [Join] {
        let order = joins.indices.sorted { (joins[$0].height, $0) < (joins[$1].height, $1) }
        // For each cluster the larger one that contains it, or itself.
        var larger = Array(0..<count + joins.count)
        func largest(with item: Int) -> Int {
            var cluster = item
            while larger[cluster] != cluster {
                larger[cluster] = larger[larger[cluster]]
                cluster = larger[cluster]
            }
            return cluster
        }
        return order.enumerated().map { step, index in
            let (a, b) = (largest(with: joins[index].first), largest(with: joins[index].second))
            (larger[a], larger[b]) = (count + step, count + step)
            return Join(first: min(a, b), second: max(a, b), height: joins[index].height)
        }
    }

    /// The items of each cluster, in at most `wanted` clusters; in fewer if several joins have the same height.
    func clusters(atMost wanted: Int) -> [[Int]] {
        guard wanted < count, wanted > 0 else { return (0..<count).map { [$0] } }
        let cut = joins[count - wanted - 1].height
        var clusters: [[Int]] = []
        // Joins below the cut are whole clusters; those above it pass on their parts, single items last.
        var open = [(join: joins.count - 1, isVisited: false)]
        while let (index, isVisited) = open.popLast() {
            let join = joins[index], parts = [join.first, join.second]
            if join.height <= cut {
                clusters.append(items(of: index))
            } else if isVisited {
                for item in parts where item < count { clusters.append([item]) }
            } else {
                open.append((index, true))
                for part in parts.reversed() where part >= count { open.append((part - count, false)) }
            }
        }
        return clusters
    }

    /// For each item the number of its cluster, in exactly `wanted` clusters; numbered by their first items.
    func labels(count wanted: Int) -> [Int] { labels(joins.prefix(count - wanted)) }

    /// For each item the number of its cluster, with all joins below a height; numbered by their first items.
    func labels(below height: Double) -> [Int] { labels(joins.prefix { $0.height < height }) }

    private func labels(_ joins: ArraySlice<Join>) -> [Int] {
        // A join is known by one of its items.
        var sets = DisjointSets(count: count), item = Array(0..<count)
        for join in joins {
            sets.join(item[join.first], item[join.second])
            item.append(item[join.first])
        }
        var numbers: [Int: Int] = [:]
        return (0..<count).map { index in
            let first = sets.first(of: index)
            let number = numbers[first] ?? numbers.count
            numbers[first] = number
            return number
        }
    }

    /// The items that a join unites, directly or through earlier joins, in ascending order.
    private func items(of join: Int) -> [Int] {
        var items: [Int] = []
        var open = [join]
        while let index = open.popLast() {
            for part in [joins[index].first, joins[index].second] {
                if part < count { items.append(part) } else { open.append(part - count) }
            }
        }
        return items.sorted()
    }
}
