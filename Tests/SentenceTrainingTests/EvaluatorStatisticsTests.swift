// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTestSupport
import SentenceTraining
import Testing

@Suite("Confidence intervals and paired tests")
struct EvaluatorStatisticsTests {
    private static func result(_ samples: [String: MetricSample]) -> EvaluationResult {
        EvaluationResult(metrics: [], primaryMetric: "m", samples: samples)
    }

    /// Numbers that look random, between 0 and 1.
    private static func numbers(_ count: Int, seed: UInt64) -> [Double] {
        (0..<count).map { Double(RandomStream(seed: seed, step: 0).words(UInt32($0))[0]) / 0x1p32 }
    }

    @Test("The interval of a mean is that of the normal distribution")
    func mean() throws {
        let values = Self.numbers(400, seed: 1), mean = values.reduce(0, +) / 400
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 400
        let interval = try Self.result(["m": .mean(values)]).confidenceInterval(of: "m", resamples: 4000)
        let half = 1.96 * (variance / 400).squareRoot()
        // The ends of 4,000 resamples are uncertain by about 4 % of the half width.
        #expect(abs(interval.lower - (mean - half)) < 0.1 * half && abs(interval.upper - (mean + half)) < 0.1 * half)
        let narrow = try Self.result(["m": .mean(values)]).confidenceInterval(of: "m", level: 0.5)
        #expect(narrow.upper - narrow.lower < 0.5 * (interval.upper - interval.lower))
    }

    @Test("95 % of the intervals hold the true mean")
    func coverage() throws {
        let held = try (0..<200).count { seed in
            let values = Self.numbers(100, seed: UInt64(1000 + seed))
            let interval = try Self.result(["m": .mean(values)]).confidenceInterval(of: "m", resamples: 300)
            return interval.lower <= 0.5 && 0.5 <= interval.upper
        }
        // 190 are expected; 4 standard deviations of a binomial are 12.
        #expect((176...200).contains(held), "\(held)")
    }

    @Test("Results depend on the seed, not on threads")
    func deterministic() throws {
        let result = Self.result(
            [
                "m": .mean(Self.numbers(50, seed: 2)),
                "s": .spearman(Self.numbers(50, seed: 3), Self.numbers(50, seed: 4)),
                "p": .pearson(Self.numbers(50, seed: 3), Self.numbers(50, seed: 4)),
                "g": .meanOfMeans([Self.numbers(5, seed: 5), Self.numbers(50, seed: 6)]),
            ].merging(
                BinaryMetric.allCases.map {
                    (
                        "\($0)",
                        .binary(
                            $0, scores: Self.numbers(50, seed: 7).map(Float.init), labels: (0..<50).map { $0 % 3 == 0 })
                    )
                }
            ) { first, _ in first })
        let all = try result.confidenceIntervals(seed: 9)
        #expect(try Execution.with(threads: 1) { try result.confidenceIntervals(seed: 9) } == all)
        #expect(try result.confidenceIntervals(seed: 10) != all)
        #expect(all.count == 10 && all.values.allSatisfy { $0.lower < $0.upper && $0.level == 0.95 })
    }

    @Test("Equal models do not differ; a small difference in every item is significant, noise is not")
    func paired() throws {
        let values = Self.numbers(100, seed: 11), noise = Self.numbers(100, seed: 12)
        let a = Self.result(["m": .mean(values)])
        #expect(try pairedTest(a, a, metric: "m").pValue == 1)
        let better = Self.result(["m": .mean(zip(values, noise).map { $0 + 0.01 * $1 })])
        let test = try pairedTest(better, a, metric: "m")
        #expect(test.pValue < 0.001 && test.difference > 0 && test.interval.lower > 0)
        #expect(try pairedTest(a, better, metric: "m").pValue == test.pValue)
        let other = Self.result(["m": .mean(zip(values, noise).map { $0 + 0.2 * ($1 - 0.5) })])
        #expect(try pairedTest(other, a, metric: "m").pValue > 0.05)
    }

    @Test("P-values of equal models are spread evenly")
    func level() throws {
        let small = try (0..<200).count { seed in
            let a = Self.result(["m": .mean(Self.numbers(60, seed: UInt64(3000 + seed)))])
            let b = Self.result(["m": .mean(Self.numbers(60, seed: UInt64(4000 + seed)))])
            return try pairedTest(a, b, metric: "m", resamples: 300).pValue < 0.1
        }
        // 20 are expected; 4 standard deviations of a binomial are 17.
        #expect((4...37).contains(small), "\(small)")
    }

    @Test("A resample of two classes has a best threshold of its own")
    func classes() {
        func value(_ metric: BinaryMetric, _ draw: [Int]) -> Double {
            MetricSample.binary(metric, scores: [0.9, 0.8, 0.7, 0.6], labels: [true, false, true, false]).value([draw])
        }
        // 0.8 is negative, 0.7 twice positive, 0.6 negative; the best threshold lies below 0.7.
        let draw = [1, 2, 2, 3]
        #expect(value(.accuracy, draw) == 0.75 && value(.recall, draw) == 1)
        #expect(abs(value(.f1, draw) - 0.8) < 1e-12 && abs(value(.precision, draw) - 2.0 / 3) < 1e-12)
        #expect(abs(value(.averagePrecision, draw) - 2.0 / 3) < 1e-12)
        #expect(abs(value(.matthewsCorrelation, draw) - 1 / 3.0.squareRoot()) < 1e-12)
        // Of negative ones alone there is only accuracy.
        for metric in BinaryMetric.allCases { #expect(value(metric, [1, 3]).isNaN == (metric != .accuracy)) }
    }

    @Test("A resample of constant numbers has no correlation and does not count")
    func undefined() throws {
        let result = Self.result(["s": .pearson([0, 0, 1], [1, 2, 3]), "c": .pearson([1, 1], [1, 2])])
        let interval = try result.confidenceInterval(of: "s")
        #expect(interval.lower > 0 && interval.upper <= 1)
        #expect(try result.confidenceInterval(of: "c").lower.isNaN)
    }

    @Test("Arguments out of range are refused")
    func refusals() throws {
        let result = Self.result(["m": .mean([1, 2])]), other = Self.result(["m": .mean([1, 2, 3])])
        #expect(
            errorText { try result.confidenceInterval(of: "x") }
                == "there are no values of single items for \"x\"; there are for m")
        #expect(errorText { try result.confidenceInterval(of: "m", level: 1) }.contains("the level is 1.0"))
        #expect(
            errorText { try result.confidenceInterval(of: "m", resamples: 0) }.contains("number of resamples is 0"))
        #expect(errorText { try pairedTest(result, other, metric: "m") }.contains("of different items"))
    }
}
