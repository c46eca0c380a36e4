// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// Draws the first centroids among the embeddings, each with a probability that grows with the squared distance from those
/// drawn before (k-means++).
struct KMeansSeeding {
    /// The sample has so many embeddings for each centroid, and at least so many.
    private static let (rowsPerCentroid, leastRows) = (4, 4096)
    /// How many rows a thread compares at least.
    private static let grain = 256

    private let metric: KMeansMetric
    private let random: RandomStream

    init(_ metric: KMeansMetric, _ random: RandomStream) {
        self.metric = metric
        self.random = random
    }

    /// `[count, dimensions]`: different rows of the embeddings; for the cosine scaled to unit length.
    func centroids(of embeddings: Matrix, count: Int) -> Matrix {
        let size = min(embeddings.rows, max(Self.leastRows, Self.rowsPerCentroid * count))
        let gathered = embeddings.tensor.gatheringRows(random.at(0).spread(size, below: embeddings.rows))
        let sample = Matrix(metric == .cosine ? gathered.normalized() : gathered)
        let squares = sample.map { row in row.reduce(0) { $0 + $1 * $1 } }
        // Zeros have no direction.
        let weights = squares.map { metric == .cosine && $0 == 0 ? Float(0) : 1 }
        var distances = weights
        var isChosen = [Bool](repeating: false, count: size), chosen: [Int] = []
        for index in 0..<count {
            let next = draw(index, distances, isChosen)
            isChosen[next] = true
            chosen.append(next)
            let products = self.products(sample, next)
            for row in 0..<size {
                let distance = max(0, squares[row] + squares[next] - 2 * products[row]) * weights[row]
                distances[row] = index == 0 ? distance : min(distances[row], distance)
            }
            distances[next] = 0
        }
        return Matrix(sample.tensor.gatheringRows(chosen))
    }

    /// A row, with the probability that its distance has in the sum of all; the first one left if all are 0.
    private func draw(_ index: Int, _ distances: [Float], _ isChosen: [Bool]) -> Int {
        let first = isChosen.firstIndex(of: false) ?? 0
        let total = distances.reduce(0.0) { $0 + Double($1) }
        guard total > 0, total.isFinite else { return first }
        var left = random.at(1).position(index) * total
        var last = first
        for (row, distance) in distances.enumerated() where distance > 0 {
            last = row
            left -= Double(distance)
            if left < 0 { break }
        }
        return last
    }

    /// The products of all rows with one of them.
    private func products(_ sample: Matrix, _ row: Int) -> [Float] {
        let kernels = RowSearchKernels(), columns = sample.columns
        return sample.withUnsafeBufferPointer { elements in
            [Float](unsafeUninitializedCapacity: sample.rows) { out, count in
                if let start = elements.baseAddress, let target = out.baseAddress {
                    // Each call writes its own elements.
                    nonisolated(unsafe) let (start, target) = (start, target)
                    Parallel.forRanges(sample.rows, grain: Self.grain) { range in
                        kernels.products(
                            RowSearchKernels.Rows(
                                start + range.lowerBound * columns, count: range.count, size: columns),
                            RowSearchKernels.Rows(start + row * columns, count: 1, size: columns),
                            into: target + range.lowerBound, stride: range.count)
                    }
                }
                count = sample.rows
            }
        }
    }
}

extension RandomStream {
    /// A number from 0 up to but not including 1, in 53 bits.
    func position(_ index: Int) -> Double {
        let words = words(UInt32(truncatingIfNeeded: index))
        return Double((UInt64(words[0]) << 32 | UInt64(words[1])) >> 11) * 0x1p-53
    }

    /// Different numbers below a limit, ascending, one in each of `count` equal parts; all if there are no more.
    func spread(_ count: Int, below limit: Int) -> [Int] {
        guard count < limit else { return Array(0..<limit) }
        return (0..<count).map { part in
            let (first, end) = (part * limit / count, (part + 1) * limit / count)
            return first + min(end - first - 1, Int(position(part) * Double(end - first)))
        }
    }
}
