// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A metric of how well scores tell two classes apart.
public enum BinaryMetric: Sendable, Hashable, CaseIterable {
    /// The share of scores on the right side of the best threshold.
    case accuracy
    /// F1, and precision and recall, at the threshold with the largest F1.
    case f1, precision, recall
    /// The Matthews correlation at that threshold.
    case matthewsCorrelation
    /// The average precision over all thresholds.
    case averagePrecision
}

/// The items that a metric was computed from, so that it can be computed for others drawn from them.
public enum MetricSample: Sendable, Equatable {
    /// The mean of numbers, of a query, pair or triplet each.
    case mean([Double])
    /// The mean of the means of groups, such as data sets.
    case meanOfMeans([[Double]])
    /// Pearson's correlation of as many numbers each.
    case pearson([Double], [Double])
    /// Spearman's correlation of as many numbers each.
    case spearman([Double], [Double])
    /// A metric of scores, with whether each belongs to the positive class; the best threshold is that of the items drawn.
    case binary(BinaryMetric, scores: [Float], labels: [Bool])

    /// How many items each group has; one group where there are no others.
    package var groupSizes: [Int] {
        switch self {
        case .mean(let values): [values.count]
        case .meanOfMeans(let groups): groups.map(\.count)
        case .pearson(let values, _), .spearman(let values, _): [values.count]
        case .binary(_, let scores, _): [scores.count]
        }
    }

    /// The metric of the items that are drawn, for each group by their indices; NaN if it is not defined for them.
    package func value(_ draw: [[Int]]) -> Double {
        func mean(_ values: [Double], _ rows: [Int]) -> Double {
            rows.isEmpty ? .nan : rows.reduce(0) { $0 + values[$1] } / Double(rows.count)
        }
        switch self {
        case .mean(let values): return mean(values, draw[0])
        case .meanOfMeans(let groups): return zip(groups, draw).map { mean($0, $1) }.mean
        case .pearson(let a, let b): return Correlation.pearson(draw[0].map { a[$0] }, draw[0].map { b[$0] })
        case .spearman(let a, let b): return Correlation.spearman(draw[0].map { a[$0] }, draw[0].map { b[$0] })
        case .binary(let metric, let scores, let labels):
            return BinaryScores(draw[0].map { scores[$0] }, draw[0].map { labels[$0] }).value(metric)
        }
    }

    /// Whether both are of the same items and of one kind, so that they can be drawn together.
    package func isPaired(with other: MetricSample) -> Bool {
        switch (self, other) {
        case (.mean, .mean), (.meanOfMeans, .meanOfMeans): groupSizes == other.groupSizes
        case (.pearson(let a, _), .pearson(let b, _)), (.spearman(let a, _), .spearman(let b, _)): a == b
        case (.binary(let first, _, let a), .binary(let second, _, let b)): first == second && a == b
        default: false
        }
    }
}
