// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The sums and sizes of clusters.
struct ClusterSums {
    private var sums: [Double]
    private var sizes: [Int]
    private let columns: Int

    /// Empty clusters.
    init(count: Int, columns: Int) {
        sums = [Double](repeating: 0, count: count * columns)
        sizes = [Int](repeating: 0, count: count)
        self.columns = columns
    }

    /// The sums of rows by cluster; for the cosine, of rows of unit length.
    ///
    /// A thread adds the rows of a cluster in ascending
    /// order, so that sums do not depend on the number of threads.
    init(_ embeddings: Matrix, _ clusters: [UInt32], count: Int, _ metric: KMeansMetric) {
        self.init(count: count, columns: embeddings.columns)
        for cluster in clusters { sizes[Int(cluster)] += 1 }
        var next = [0]
        for size in sizes { next.append(next[next.count - 1] + size) }
        let starts = next
        var order = [UInt32](repeating: 0, count: clusters.count)
        for (row, cluster) in clusters.enumerated() {
            order[next[Int(cluster)]] = UInt32(row)
            next[Int(cluster)] += 1
        }
        let columns = columns, kernels = RowSearchKernels(), isScaled = metric == .cosine
        embeddings.withUnsafeBufferPointer { elements in
            sums.withUnsafeMutableBufferPointer { sums in
                guard let first = elements.baseAddress, let all = sums.baseAddress else { return }
                // Each call writes the sum of one cluster.
                nonisolated(unsafe) let (start, target) = (first, all)
                Parallel.forEach(count) { [order] cluster in
                    let sum = target + cluster * columns
                    for place in starts[cluster]..<starts[cluster + 1] {
                        let row = start + Int(order[place]) * columns
                        var scale: Float = 1
                        if isScaled {
                            kernels.inverseLengths(
                                RowSearchKernels.Rows(row, count: 1, size: columns), least: 1e-12, into: &scale)
                        }
                        for column in 0..<columns { sum[column] += Double(row[column] * scale) }
                    }
                }
            }
        }
    }

    /// Adds the sums and sizes of the same clusters.
    mutating func add(_ other: ClusterSums) {
        for index in sums.indices { sums[index] += other.sums[index] }
        for index in sizes.indices { sizes[index] += other.sizes[index] }
    }

    /// The means; for the cosine scaled to unit length.
    ///
    /// A cluster that has none stays where it was.
    func centroids(_ metric: KMeansMetric, instead old: Matrix) -> Matrix {
        let means = Tensor(shape: [sizes.count, columns]) { out in
            for cluster in sizes.indices {
                let range = cluster * columns..<(cluster + 1) * columns
                // A sum of zero has no direction.
                let isKept = sizes[cluster] == 0 || (metric == .cosine && sums[range].allSatisfy { $0 == 0 })
                for index in range {
                    out[index] =
                        isKept ? old[cluster, index - range.lowerBound] : Float(sums[index] / Double(sizes[cluster]))
                }
            }
        }
        return Matrix(metric == .cosine ? means.normalized() : means)
    }
}
