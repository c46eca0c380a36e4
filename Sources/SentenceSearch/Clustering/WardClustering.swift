// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Agglomerative clustering: repeatedly joins the two clusters whose union increases the variance least.
///
/// Ward, *Hierarchical Grouping to Optimize an Objective Function*, 1963, by chains of nearest neighbours: Müllner,
/// *Modern hierarchical, agglomerative clustering algorithms*, 2011, <https://arxiv.org/abs/1109.2378>, figure 3. Ties
/// and the order of clusters are those of SciPy's `linkage` and `fcluster`.
struct WardClustering {
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

    /// Clusters items by distances of 1 minus their similarities, `[count, count]`, clipped to 0 through 2.
    init(similarities: Tensor) {
        count = similarities.rows
        var distances = CondensedDistances(similarities)
        joins = Self.numbered(Self.chains(&distances, count), count)
    }

    /// The joins in the order in which nearest-neighbour chains find them, each given by one item of either cluster.
    private static func chains(_ distances: inout CondensedDistances, _ count: Int) -> [Join] {
        var sizes = [Double](repeating: 1, count: count)
        var chain: [Int] = []
        var joins: [Join] = []
        while joins.count < count - 1 {
            if chain.isEmpty { chain = [sizes.firstIndex { $0 > 0 } ?? 0] }
            while true {
                let end = chain[chain.count - 1]
                // Ties go to the item that the chain came from, so that it does not run in circles.
                let last = chain.count > 1 ? chain[chain.count - 2] : nil
                var nearest = last ?? sizes.indices.first { $0 != end && sizes[$0] > 0 } ?? end
                var least = last.map { distances[end, $0] } ?? .infinity
                for item in sizes.indices where sizes[item] > 0 && item != end && distances[end, item] < least {
                    (nearest, least) = (item, distances[end, item])
                }
                guard nearest == last else {
                    chain.append(nearest)
                    continue
                }
                let (first, second) = (min(end, nearest), max(end, nearest))
                joins.append(Join(first: first, second: second, height: least))
                distances.join(first, into: second, sizes)
                sizes[second] += sizes[first]
                sizes[first] = 0
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

/// The distances of all pairs, each stored once.
private struct CondensedDistances {
    private var values: [Double]
    private let count: Int

    init(_ similarities: Tensor) {
        count = similarities.rows
        let similarities = similarities.floats, count = count
        values = (0..<max(0, count - 1)).flatMap { row in
            (row + 1..<count).map { Double(min(max(1 - similarities[row * count + $0], 0), 2)) }
        }
    }

    subscript(a: Int, b: Int) -> Double {
        get { values[index(a, b)] }
        set { values[index(a, b)] = newValue }
    }

    private func index(_ a: Int, _ b: Int) -> Int {
        let (row, column) = (min(a, b), max(a, b))
        return row * (2 * count - row - 1) / 2 + column - row - 1
    }

    /// Replaces the second of two clusters by their union: Lance and Williams, *A General Theory of Classificatory
    /// Sorting Strategies*, 1967, with Ward's coefficients.
    mutating func join(_ first: Int, into second: Int, _ sizes: [Double]) {
        let between = self[first, second]
        for item in sizes.indices where sizes[item] > 0 && item != first && item != second {
            let (a, b) = (self[item, first], self[item, second])
            let share = 1 / (sizes[first] + sizes[second] + sizes[item])
            self[item, second] =
                ((sizes[item] + sizes[first]) * share * a * a + (sizes[item] + sizes[second]) * share * b * b
                - sizes[item] * share * between * between).squareRoot()
        }
    }
}
