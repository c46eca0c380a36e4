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
    /// For an nDCG that counts how relevant a document is, `graded_ndcg@k`, as trec_eval does it; none in the reference.
    public var gradedGain: [Int] = []

    /// The reference's.
    public init() {}

    /// The most documents that any metric looks at.
    var largest: Int {
        all.max() ?? 1
    }

    private var all: [Int] {
        reciprocalRank + discountedGain + accuracy + precisionAndRecall + averagePrecision + gradedGain
    }

    /// - Throws: ``TrainingError`` for a number below 1, or without any for the metric that decides.
    func check() throws {
        for number in all where number < 1 {
            throw TrainingError(.invalidArgument, "a cutoff is \(number); expected 1 or more")
        }
        guard !discountedGain.isEmpty else {
            throw TrainingError(.invalidArgument, "there is no cutoff for nDCG, which says which model is better")
        }
    }

    private typealias Measure = (RankedRelevance, Int) -> Double

    private var measures: [(name: String, column: String?, cutoffs: [Int], measure: Measure)] {
        [
            ("accuracy", "Accuracy", accuracy, { $0.accuracy(at: $1) }),
            ("precision", "Precision", precisionAndRecall, { $0.precision(at: $1) }),
            ("recall", "Recall", precisionAndRecall, { $0.recall(at: $1) }),
            ("ndcg", "NDCG", discountedGain, { $0.discountedGain(at: $1) }),
            ("mrr", "MRR", reciprocalRank, { $0.reciprocalRank(at: $1) }),
            ("map", "MAP", averagePrecision, { $0.averagePrecision(at: $1) }),
            ("graded_ndcg", nil, gradedGain, { $0.gradedGain(at: $1) }),
        ]
    }

    /// The values of each query, in the reference's order of metrics.
    func values(_ rankings: [RankedRelevance], _ function: String) -> [(name: String, values: [Double])] {
        measures.flatMap { name, _, cutoffs, measure in
            cutoffs.map { k in ("\(function)_\(name)@\(k)", rankings.map { measure($0, k) }) }
        }
    }

    /// The names of metrics in the reference's file, and of its columns, in their order.
    func columns(_ function: String) -> [(metric: String, column: String)] {
        func columns(_ names: [String]) -> [(String, String)] {
            let chosen = names.compactMap { name in measures.first { $0.name == name } }
            return (chosen.first?.cutoffs ?? []).flatMap { k in
                chosen.map { ("\(function)_\($0.name)@\(k)", "\(function)-\($0.column ?? "")@\(k)") }
            }
        }
        return [["accuracy"], ["precision", "recall"], ["mrr"], ["ndcg"], ["map"]].flatMap(columns)
    }
}
