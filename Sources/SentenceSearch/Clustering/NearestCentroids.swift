// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// The nearest centroid of each row.
struct NearestCentroids {
    /// For each row the index of its centroid.
    private(set) var clusters: [UInt32]
    /// The product of each row with its centroid; for the Euclidean distance minus half the centroid's square.
    private var scores: [Float]

    /// Rows that are near none.
    init(count: Int) {
        clusters = [UInt32](repeating: 0, count: count)
        scores = [Float](repeating: -.infinity, count: count)
    }

    /// Compares all rows with all centroids, with the threads of the current execution.
    init(
        _ embeddings: Matrix, _ centroids: Matrix, _ metric: KMeansMetric, share: Double,
        onProgress: (@Sendable (Double) throws -> Void)?
    ) throws {
        self.init(count: embeddings.rows)
        // The length of a row does not change which centroid is nearest.
        var scan = try CorpusScan(
            centroids, SearchCorpus(embeddings), .dot, nil, Execution.current.threads)
        if let onProgress {
            let share = share / Double(embeddings.rows)
            scan.onChunk = { try onProgress(share * Double($0)) }
        }
        let halfSquares = metric == .cosine ? nil : centroids.map { row in row.reduce(0) { $0 + $1 * $1 } / 2 }
        try clusters.withUnsafeMutableBufferPointer { clusters in
            try scores.withUnsafeMutableBufferPointer { scores in
                guard let firstCluster = clusters.baseAddress, let firstScore = scores.baseAddress else { return }
                // Every row belongs to one thread, which alone writes its numbers.
                nonisolated(unsafe) let (all, best) = (firstCluster, firstScore)
                _ = try scan.run { NearestCollector(clusters: all, scores: best, halfSquares: halfSquares) }
            }
        }
    }

    /// Keeps the best centroid of each row; those of a block come in ascending order, so that ties go to the first.
    private final class NearestCollector: ScoreCollector {
        private let clusters: UnsafeMutablePointer<UInt32>
        private let scores: UnsafeMutablePointer<Float>
        private let halfSquares: [Float]?

        init(clusters: UnsafeMutablePointer<UInt32>, scores: UnsafeMutablePointer<Float>, halfSquares: [Float]?) {
            self.clusters = clusters
            self.scores = scores
            self.halfSquares = halfSquares
        }

        func collect(
            query: Int, _ products: UnsafePointer<Float>, of rows: RowBlock, selected: UnsafeMutablePointer<UInt32>
        ) {
            let offset = halfSquares.map { -$0[query] } ?? 0
            let best = scores + rows.first, clusters = clusters + rows.first
            let width = SIMD16<Float>.scalarCount, stride = MemoryLayout<Float>.stride
            let new = SIMD16<UInt32>(repeating: UInt32(query))
            var position = 0
            while position + width <= rows.count {
                let score =
                    UnsafeRawPointer(products).loadUnaligned(
                        fromByteOffset: position * stride, as: SIMD16<Float>.self) + offset
                let old = UnsafeRawPointer(best).loadUnaligned(
                    fromByteOffset: position * stride, as: SIMD16<Float>.self)
                let isBetter = score .> old
                if any(isBetter) {
                    let cluster = UnsafeRawPointer(clusters).loadUnaligned(
                        fromByteOffset: position * stride, as: SIMD16<UInt32>.self)
                    UnsafeMutableRawPointer(best + position).storeBytes(
                        of: old.replacing(with: score, where: isBetter), as: SIMD16<Float>.self)
                    UnsafeMutableRawPointer(clusters + position).storeBytes(
                        of: cluster.replacing(with: new, where: isBetter), as: SIMD16<UInt32>.self)
                }
                position += width
            }
            while position < rows.count {
                let score = products[position] + offset
                if score > best[position] { (best[position], clusters[position]) = (score, UInt32(query)) }
                position += 1
            }
        }
    }

    /// The cosine of each row with its centroid, or minus the squared distance.
    private func fits(_ embeddings: Matrix, _ metric: KMeansMetric) -> [Double] {
        let lengths = embeddings.squares
        return scores.indices.map { row in
            switch metric {
            case .cosine: Double(scores[row]) / max(lengths[row].squareRoot(), 1e-12)
            case .euclidean: min(0, 2 * Double(scores[row]) - lengths[row])
            }
        }
    }

    /// The sum of all cosines, or of all squared distances.
    func objective(_ embeddings: Matrix, _ metric: KMeansMetric) -> Double {
        let sum = fits(embeddings, metric).reduce(0, +)
        return metric == .cosine ? sum : -sum
    }

    /// Moves the rows that fit worst into the clusters that have none.
    mutating func fillEmptyClusters(_ embeddings: Matrix, clusters count: Int, _ metric: KMeansMetric) {
        var sizes = [Int](repeating: 0, count: count)
        for cluster in clusters { sizes[Int(cluster)] += 1 }
        let empty = sizes.indices.filter { sizes[$0] == 0 }
        guard !empty.isEmpty else { return }
        let fits = fits(embeddings, metric)
        // Zeros have no direction, and cannot be a centroid.
        let isZero = metric == .cosine ? embeddings.squares.map { $0 == 0 } : []
        var worst = fits.indices.sorted { (fits[$0], $0) < (fits[$1], $1) }.makeIterator()
        for cluster in empty {
            while let row = worst.next() {
                if sizes[Int(clusters[row])] < 2 || (metric == .cosine && isZero[row]) { continue }
                sizes[Int(clusters[row])] -= 1
                clusters[row] = UInt32(cluster)
                break
            }
        }
    }
}

extension Matrix {
    /// The squared length of each row.
    fileprivate var squares: [Double] { map { row in row.reduce(0) { $0 + Double($1) * Double($1) } } }
}
