// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceTestSupport
import SentenceTraining
import Testing

@Suite("Statistics")
struct StatisticsTests {
    /// Double precision in another order of sums.
    private static let tolerance = 1e-12

    private struct Expected: Decodable {
        let scores: [Float]
        let labels: [Int]
        let other: [Double]
        let predicted: [Int]
        let actual: [Int]
        let pearson, spearman, accuracy, accuracyThreshold, f1, precision, recall, f1Threshold, ap, mcc: Double
        let f1Macro, f1Micro, f1Weighted, gradedNdcg, tiedNdcg: Double
        let grades: [Double]
    }

    @Test("Correlations, thresholds and averages are those of SciPy and scikit-learn, also with ties")
    func reference() throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let expected = try decoder.decode(
            Expected.self, from: Data(contentsOf: Fixture.url("evaluators/statistics.json")))
        func check(_ found: Double, _ wanted: Double, _ name: Comment) {
            #expect(abs(found - wanted) <= Self.tolerance, name)
        }
        let scores = expected.scores.map(Double.init)
        check(Correlation.pearson(expected.other, scores), expected.pearson, "pearson")
        check(Correlation.spearman(expected.other, scores), expected.spearman, "spearman")
        let binary = BinaryScores(expected.scores, expected.labels.map { $0 == 1 })
        check(binary.bestAccuracy.accuracy, expected.accuracy, "accuracy")
        check(Double(binary.bestAccuracy.threshold), expected.accuracyThreshold, "accuracy threshold")
        check(binary.bestF1.f1, expected.f1, "f1")
        check(binary.bestF1.precision, expected.precision, "precision")
        check(binary.bestF1.recall, expected.recall, "recall")
        check(Double(binary.bestF1.threshold), expected.f1Threshold, "f1 threshold")
        check(binary.averagePrecision, expected.ap, "average precision")
        check(binary.matthewsCorrelation(threshold: binary.bestF1.threshold), expected.mcc, "mcc")
        let f1 = ClassF1(predicted: expected.predicted, actual: expected.actual)
        check(f1.macro, expected.f1Macro, "macro")
        check(f1.micro, expected.f1Micro, "micro")
        check(f1.weighted, expected.f1Weighted, "weighted")
        let ranked = RankedRelevance(expected.grades, ideal: expected.grades.filter { $0 > 0 }.sorted(by: >))
        check(ranked.gradedGain(at: 7), expected.gradedNdcg, "graded nDCG")
        let tied = ScoredRelevance(expected.scores, expected.labels.map { $0 == 1 })
        check(tied.discountedGain(at: 10), expected.tiedNdcg, "nDCG with ties")
    }

    @Test("Where there is nothing to compare, correlations are no numbers and the rest is 0")
    func degenerate() {
        #expect(Correlation.pearson([1, 1, 1], [1, 2, 3]).isNaN)
        #expect(Correlation.spearman([1, 2], [.nan, 1]).isNaN)
        #expect(Correlation.pearson([1], [1]).isNaN)
        #expect(Correlation.ranks([3, 1, 3, 2]) == [3.5, 1, 3.5, 2])
        let none = BinaryScores([0.5, 0.25], [false, false])
        #expect(none.bestAccuracy.accuracy == 1 && none.bestAccuracy.threshold == Float(0.5).nextUp)
        #expect(none.averagePrecision == 0 && none.bestF1.f1 == 0 && none.matthewsCorrelation(threshold: 0) == 0)
    }

    @Test("Ranked documents are counted by hand")
    func ranking() {
        let ranking = RankedRelevance([false, true, true, false], relevant: 3)
        #expect(ranking.accuracy(at: 1) == 0 && ranking.accuracy(at: 3) == 1)
        #expect(ranking.precision(at: 4) == 0.5 && ranking.recall(at: 2) == 1.0 / 3)
        #expect(ranking.reciprocalRank(at: 10) == 0.5 && ranking.reciprocalRank(at: 1) == 0)
        #expect(ranking.averagePrecision(at: 10) == (0.5 + 2.0 / 3) / 3)
        let gain = 1 / log2(3.0) + 0.5, ideal = 1 + 1 / log2(3.0) + 0.5
        #expect(abs(ranking.discountedGain(at: 10) - gain / ideal) <= Self.tolerance)
    }
}
