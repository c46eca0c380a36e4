// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a spanning tree falls apart when its edges are cut, the longest first.
struct SpanningTree {
    /// Two parts that an edge joins: rows, or from `count` on earlier joins.
    struct Join {
        let first: Int
        let second: Int
        let distance: Float
        /// The number of rows in both.
        let size: Int
    }

    /// The number of rows.
    let count: Int
    /// The joins by ascending distance; the last one is all.
    let joins: [Join]

    /// The tree of `count - 1` edges; equally long ones in the given order.
    init(edges: [SpanningEdge], count: Int) {
        self.count = count
        var sets = DisjointSets(count: count)
        // The part that a set is now, by its first row.
        var parts = Array(0..<count), joins: [Join] = []
        func size(_ part: Int) -> Int { part < count ? 1 : joins[part - count].size }
        let order = edges.indices.sorted { (edges[$0].distance, $0) < (edges[$1].distance, $1) }
        for edge in order.lazy.map({ edges[$0] }) {
            let (first, second) = (parts[sets.first(of: edge.first)], parts[sets.first(of: edge.second)])
            joins.append(
                Join(first: first, second: second, distance: edge.distance, size: size(first) + size(second)))
            sets.join(edge.first, edge.second)
            parts[sets.first(of: edge.first)] = count + joins.count - 1
        }
        self.joins = joins
    }

    /// The number of rows in a part.
    func size(of part: Int) -> Int { part < count ? 1 : joins[part - count].size }

    /// Calls `body` for every row in a part.
    func forEachRow(in part: Int, _ body: (Int) -> Void) {
        var open = [part]
        while let part = open.popLast() {
            guard part >= count else {
                body(part)
                continue
            }
            open.append(joins[part - count].second)
            open.append(joins[part - count].first)
        }
    }
}

/// A spanning tree in which only parts of some size count; smaller ones are rows that leave a cluster.
///
/// Density is 1 / distance. A cluster begins where a larger one falls into two that are large enough, and ends where it does
/// itself. Numbers and ties are those of scikit-learn's `HDBSCAN`.
struct CondensedTree {
    private struct Cluster {
        /// The larger one; nil for all.
        let parent: Int?
        /// The density at which it begins.
        let birth: Double
        var children: [Int] = []
        /// The sum, over its rows, of how much denser than its beginning it is where they leave.
        var stability = 0.0
        /// The largest density at which anything leaves.
        var death = 0.0
    }

    /// Cluster 0 is all; a cluster has a larger number than the one that contains it.
    private var clusters = [Cluster(parent: nil, birth: 0)]
    /// For each row the cluster that it leaves last, and the density at which it does.
    private var lastClusters: [Int], departures: [Double]

    init(_ tree: SpanningTree, minimumClusterSize least: Int) {
        lastClusters = [Int](repeating: 0, count: tree.count)
        departures = [Double](repeating: 0, count: tree.count)
        var open = [(part: tree.count + tree.joins.count - 1, cluster: 0)], next = 0
        while next < open.count {
            let (part, cluster) = open[next]
            next += 1
            guard part >= tree.count else { continue }
            let join = tree.joins[part - tree.count], parts = [join.first, join.second]
            let density = join.distance > 0 ? 1 / Double(join.distance) : .infinity
            let isLarge = parts.map { tree.size(of: $0) >= least }
            for (part, isLargePart) in zip(parts, isLarge) {
                if !isLargePart {
                    tree.forEachRow(in: part) { row in
                        lastClusters[row] = cluster
                        departures[row] = density
                        leave(cluster, density, size: 1)
                    }
                } else if isLarge == [true, true] {
                    leave(cluster, density, size: tree.size(of: part))
                    clusters[cluster].children.append(clusters.count)
                    open.append((part, clusters.count))
                    clusters.append(Cluster(parent: cluster, birth: density))
                } else {
                    open.append((part, cluster))
                }
            }
        }
    }

    private mutating func leave(_ cluster: Int, _ density: Double, size: Int) {
        clusters[cluster].stability += (density - clusters[cluster].birth) * Double(size)
        clusters[cluster].death = max(clusters[cluster].death, density)
    }

    /// The clusters that are selected, and the rows in each.
    func clusters(_ selection: ClusterSelection, allowsSingleCluster: Bool) -> DensityClusters {
        switch selection {
        case .excessOfMass: labels(mostStable(allowsSingleCluster: allowsSingleCluster))
        case .leaf: labels(Set(clusters.indices.dropFirst().filter { clusters[$0].children.isEmpty }))
        }
    }

    /// The clusters that do not contain one another and are together the most stable.
    private func mostStable(allowsSingleCluster: Bool) -> Set<Int> {
        var stabilities = clusters.map(\.stability)
        var isChosen = [Bool](repeating: true, count: clusters.count)
        for cluster in clusters.indices.reversed() {
            let ofChildren = clusters[cluster].children.reduce(0) { $0 + stabilities[$1] }
            if cluster == 0, !allowsSingleCluster {
                isChosen[cluster] = false
            } else if ofChildren > stabilities[cluster] {
                isChosen[cluster] = false
                stabilities[cluster] = ofChildren
            }
        }
        var chosen: Set<Int> = [], isInside = [Bool](repeating: false, count: clusters.count)
        for cluster in clusters.indices {
            isInside[cluster] = clusters[cluster].parent.map { isInside[$0] || chosen.contains($0) } ?? false
            if isChosen[cluster], !isInside[cluster] { chosen.insert(cluster) }
        }
        return chosen
    }

    /// The rows of each selected cluster, none of which contains another.
    private func labels(_ selected: Set<Int>) -> DensityClusters {
        // For each cluster the selected one that it is in.
        var owners = [Int?](repeating: nil, count: clusters.count)
        for cluster in clusters.indices {
            owners[cluster] = selected.contains(cluster) ? cluster : clusters[cluster].parent.flatMap { owners[$0] }
        }
        let numbers = Dictionary(uniqueKeysWithValues: selected.sorted().enumerated().map { ($1, $0) })
        var labels: [Int] = [], probabilities: [Double] = []
        for (last, departure) in zip(lastClusters, departures) {
            // If all are one cluster, its rows are those that leave last.
            guard let owner = owners[last], let number = numbers[owner], owner != 0 || departure >= clusters[0].death
            else {
                labels.append(-1)
                probabilities.append(0)
                continue
            }
            let death = clusters[owner].death
            labels.append(number)
            probabilities.append(death == 0 || departure.isInfinite ? 1 : min(departure, death) / death)
        }
        return DensityClusters(labels: labels, probabilities: probabilities)
    }
}
