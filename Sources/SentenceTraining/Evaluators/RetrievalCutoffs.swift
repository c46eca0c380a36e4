// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How many of the best documents each metric of a search looks at.
public struct RetrievalCutoffs: Sendable, Hashable {
    /// For the reciprocal rank.
    public var reciprocalRank = [10]
    /// For the normalised discounted cumulative gain, the largest of which decides.
    public var discountedGain = [10]
    /// For accuracy.
    public var accuracy = [1, 3, 5, 10]
    /// For precision and recall.
    public var precisionAndRecall = [1, 3, 5, 10]
    /// For the mean average precision.
    public var averagePrecision = [100]

    /// The reference's.
    public init() {}

    /// The most documents that any metric looks at.
    var largest: Int {
        (reciprocalRank + discountedGain + accuracy + precisionAndRecall + averagePrecision).max() ?? 1
    }

    /// - Throws: ``TrainingError`` for a number below 1, or without any for the metric that decides.
    func check() throws {
        for number in reciprocalRank + discountedGain + accuracy + precisionAndRecall + averagePrecision
        where number < 1 {
            throw TrainingError(.invalidArgument, "a cutoff is \(number); expected 1 or more")
        }
        guard !discountedGain.isEmpty else {
            throw TrainingError(.invalidArgument, "there is no cutoff for nDCG, which says which model is better")
        }
    }

    private typealias Measure = (RankedRelevance, Int) -> Double

    private static func mean(_ rankings: [RankedRelevance], _ k: Int, _ measure: Measure) -> Double {
        rankings.reduce(0) { $0 + measure($1, k) } / Double(max(1, rankings.count))
    }

    /// The means over all queries, in the reference's order of metrics.
    func metrics(_ rankings: [RankedRelevance], _ function: String) -> [Metric] {
        let measures: [(String, [Int], Measure)] = [
            ("accuracy", accuracy, { $0.accuracy(at: $1) }),
            ("precision", precisionAndRecall, { $0.precision(at: $1) }),
            ("recall", precisionAndRecall, { $0.recall(at: $1) }),
            ("ndcg", discountedGain, { $0.discountedGain(at: $1) }),
            ("mrr", reciprocalRank, { $0.reciprocalRank(at: $1) }),
            ("map", averagePrecision, { $0.averagePrecision(at: $1) }),
        ]
        return measures.flatMap { name, cutoffs, measure in
            cutoffs.map { Metric("\(function)_\(name)@\($0)", Self.mean(rankings, $0, measure)) }
        }
    }

    /// The same with the names and the order of the reference's file.
    func row(_ rankings: [RankedRelevance], _ function: String) -> [(String, Double)] {
        func column(_ name: String, _ k: Int, _ measure: Measure) -> (String, Double) {
            ("\(function)-\(name)@\(k)", Self.mean(rankings, k, measure))
        }
        return accuracy.map { column("Accuracy", $0) { $0.accuracy(at: $1) } }
            + precisionAndRecall.flatMap {
                [column("Precision", $0) { $0.precision(at: $1) }, column("Recall", $0) { $0.recall(at: $1) }]
            }
            + reciprocalRank.map { column("MRR", $0) { $0.reciprocalRank(at: $1) } }
            + discountedGain.map { column("NDCG", $0) { $0.discountedGain(at: $1) } }
            + averagePrecision.map { column("MAP", $0) { $0.averagePrecision(at: $1) } }
    }
}
