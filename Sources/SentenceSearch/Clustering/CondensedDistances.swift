// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// How far two clusters are from one another.
public enum Linkage: String, Sendable, CaseIterable, Codable {
    /// By how much joining them increases the variance: Ward, *Hierarchical Grouping to Optimize an Objective Function*,
    /// 1963, <https://doi.org/10.1080/01621459.1963.10500845>.
    case ward
    /// The mean of all distances.
    case average
    /// The largest distance.
    case complete
}

/// The distances of all pairs, each stored once, in 8 bytes.
struct CondensedDistances {
    private var values: [Double]
    let count: Int

    /// Distances of 1 minus similarities, `[count, count]`, clipped to 0 through 2.
    init(similarities: Tensor) {
        count = similarities.rows
        let similarities = similarities.floats, count = count
        values = (0..<max(0, count - 1)).flatMap { row in
            (row + 1..<count).map { Double(min(max(1 - similarities[row * count + $0], 0), 2)) }
        }
    }

    /// The distances of all rows: minus a score that is a negative distance, or 1 minus the cosine.
    ///
    /// - Throws: ``SearchError`` for a row with NaN, and an error of `onProgress`, which gets the share that was computed
    ///   since its last call.
    init(
        _ embeddings: Matrix, _ function: SimilarityFunction, threads: Int?,
        onProgress: @escaping @Sendable (Double) throws -> Void
    ) throws {
        count = embeddings.rows
        let size = count * max(0, count - 1) / 2, count = count
        var scan = try CorpusScan(embeddings, SearchCorpus(embeddings), function, nil, threads)
        scan.onChunk = { try onProgress(Double($0) / Double(count)) }
        let distances = try [Double](unsafeUninitializedCapacity: size) { [scan] out, initialized in
            // Every pair is written by the thread that has its later row.
            if let first = out.baseAddress, size > 0 {
                nonisolated(unsafe) let start = first
                _ = try scan.run { DistanceCollector(start, count: count, offset: function == .cosine ? 1 : 0) }
            }
            initialized = size
        }
        values = distances
    }

    subscript(a: Int, b: Int) -> Double {
        get { values[Self.index(a, b, count)] }
        set { values[Self.index(a, b, count)] = newValue }
    }

    private static func index(_ a: Int, _ b: Int, _ count: Int) -> Int {
        let (row, column) = (min(a, b), max(a, b))
        return row * (2 * count - row - 1) / 2 + column - row - 1
    }

    /// Writes the distances of queries from later rows.
    private final class DistanceCollector: ScoreCollector {
        private let out: UnsafeMutablePointer<Double>
        private let count: Int
        private let offset: Double

        init(_ out: UnsafeMutablePointer<Double>, count: Int, offset: Double) {
            self.out = out
            self.count = count
            self.offset = offset
        }

        func collect(
            query: Int, _ scores: UnsafePointer<Float>, of rows: RowBlock, selected: UnsafeMutablePointer<UInt32>
        ) {
            for position in 0..<rows.count where rows[position] > query {
                out[index(query, rows[position], count)] = max(0, offset - Double(scores[position]))
            }
        }
    }

    /// Replaces the second of two clusters by their union: Lance and Williams, *A General Theory of Classificatory
    /// Sorting Strategies*, 1967, <https://doi.org/10.1093/comjnl/9.4.373>.
    ///
    /// - Parameters:
    ///   - first: An item of the first cluster.
    ///   - second: An item of the second one.
    ///   - sizes: The sizes of clusters, by their items.
    ///   - open: The items of all clusters.
    ///   - linkage: How far clusters are from one another.
    mutating func join(_ first: Int, into second: Int, _ sizes: [Double], _ open: [Int], _ linkage: Linkage) {
        let between = self[first, second]
        for item in open where item != first && item != second {
            let (a, b) = (self[item, first], self[item, second])
            switch linkage {
            case .ward:
                let share = 1 / (sizes[first] + sizes[second] + sizes[item])
                self[item, second] =
                    max(
                        0,
                        (sizes[item] + sizes[first]) * share * a * a + (sizes[item] + sizes[second]) * share * b * b
                            - sizes[item] * share * between * between
                    ).squareRoot()
            case .average:
                self[item, second] = (sizes[first] * a + sizes[second] * b) / (sizes[first] + sizes[second])
            case .complete: self[item, second] = max(a, b)
            }
        }
    }
}
