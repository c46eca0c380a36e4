// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Where a metric would lie for other items of the same kind, with some certainty.
public struct ConfidenceInterval: Sendable, Hashable {
    /// The share of such intervals that hold the true value, such as 0.95.
    public let level: Double
    /// The lower end.
    public let lower: Double
    /// The upper end.
    public let upper: Double

    /// The interval in whose middle a share of values lies; of none that is a number, both ends are NaN.
    init(_ values: [Double], level: Double) {
        let sorted = values.filter { !$0.isNaN }.sorted()
        self.level = level
        lower = Bootstrap.quantile(sorted, (1 - level) / 2)
        upper = Bootstrap.quantile(sorted, (1 + level) / 2)
    }

    /// - Throws: ``TrainingError`` for a level that is not between 0 and 1.
    static func check(level: Double) throws {
        guard level > 0, level < 1 else {
            throw TrainingError(.invalidArgument, "the level is \(level); expected a number between 0 and 1")
        }
    }
}

extension EvaluationResult {
    /// Where a metric would lie for other queries or pairs of the same kind.
    ///
    /// - Parameters:
    ///   - metric: The name of a metric that has ``samples``.
    ///   - level: The certainty, between 0 and 1.
    ///   - resamples: How often items are drawn, 1 or more.
    ///   - seed: Decides which items are drawn.
    /// - Returns: The percentile interval of the bootstrap.
    /// - Throws: ``TrainingError`` for a metric without samples, or an argument out of range.
    public func confidenceInterval(
        of metric: String, level: Double = 0.95, resamples: Int = 1000, seed: UInt64 = 0
    ) throws -> ConfidenceInterval {
        try ConfidenceInterval.check(level: level)
        let sample = try sample(of: metric)
        let values = try Bootstrap(resamples: resamples, seed: seed).values(sample.groupSizes) { sample.value($0) }
        return ConfidenceInterval(values, level: level)
    }

    /// The intervals of all metrics that have samples, by their names.
    ///
    /// - Throws: As for one metric.
    public func confidenceIntervals(
        level: Double = 0.95, resamples: Int = 1000, seed: UInt64 = 0
    ) throws -> [String: ConfidenceInterval] {
        try samples.keys.reduce(into: [:]) {
            $0[$1] = try confidenceInterval(of: $1, level: level, resamples: resamples, seed: seed)
        }
    }

    /// The sample of a metric.
    func sample(of metric: String) throws -> MetricSample {
        guard let sample = samples[metric] else {
            throw TrainingError(
                .invalidArgument,
                "there are no values of single items for \"\(metric)\"; there are for "
                    + (samples.isEmpty ? "no metric" : samples.keys.sorted().joined(separator: ", ")))
        }
        return sample
    }
}
