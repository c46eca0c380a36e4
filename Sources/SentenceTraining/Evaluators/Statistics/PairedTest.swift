// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Whether a metric of one model is better than that of another for reasons other than the choice of items.
public struct PairedTest: Sendable, Hashable {
    /// The metric of the first model minus that of the second.
    public let difference: Double
    /// Where the difference would lie for other items of the same kind.
    public let interval: ConfidenceInterval
    /// How probable it is, at most, that a difference of this sign is due to the items; from 0, exclusive, to 1.
    public let pValue: Double
}

/// Compares two models by a metric that both have for the same queries or pairs.
///
/// Items are drawn with replacement, the same ones for both models. The p-value is two-sided: twice the share of
/// resamples whose difference is 0 or has the other sign. Koehn, *Statistical Significance Tests for Machine Translation
/// Evaluation*, 2004, <https://aclanthology.org/W04-3250/>.
///
/// - Parameters:
///   - a: The result of the first model.
///   - b: The result of the second model, by the same evaluator.
///   - metric: The name of a metric that has ``EvaluationResult/samples``.
///   - level: The certainty of the interval, between 0 and 1.
///   - resamples: How often items are drawn, 1 or more; the p-value is at least 2 / (resamples + 1).
///   - seed: Decides which items are drawn.
/// - Returns: The difference, its interval and the p-value.
/// - Throws: ``TrainingError`` if the results are not of the same items, or an argument is out of range.
public func pairedTest(
    _ a: EvaluationResult, _ b: EvaluationResult, metric: String, level: Double = 0.95, resamples: Int = 10_000,
    seed: UInt64 = 0
) throws -> PairedTest {
    try ConfidenceInterval.check(level: level)
    let first = try a.sample(of: metric), second = try b.sample(of: metric)
    guard first.isPaired(with: second) else {
        throw TrainingError(
            .invalidArgument, "the two results have \"\(metric)\" of different items; compare results of one evaluator")
    }
    let differences = try Bootstrap(resamples: resamples, seed: seed).values(first.groupSizes) {
        first.value($0) - second.value($0)
    }.filter { !$0.isNaN }
    let all = first.groupSizes.map { Array(0..<$0) }
    let least = min(differences.count { $0 <= 0 }, differences.count { $0 >= 0 })
    return PairedTest(
        difference: first.value(all) - second.value(all),
        interval: ConfidenceInterval(differences, level: level),
        pValue: differences.isEmpty ? .nan : min(1, 2 * Double(least + 1) / Double(differences.count + 1)))
}
