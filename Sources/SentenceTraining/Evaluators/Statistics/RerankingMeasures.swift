// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The three metrics of reordered documents, of each query.
struct RerankingMeasures {
    private let k: Int
    private var averagePrecision: [Double] = []
    private var reciprocalRank: [Double] = []
    private var discountedGain: [Double] = []

    /// Measures that look at the first k documents.
    init(k: Int) { self.k = k }

    /// - Throws: ``TrainingError`` for a cutoff below 1.
    static func check(_ k: Int) throws {
        guard k >= 1 else { throw TrainingError(.invalidArgument, "a cutoff is \(k); expected 1 or more") }
    }

    /// Whether there is no query.
    var isEmpty: Bool { averagePrecision.isEmpty }

    /// Adds a query; one for which nothing relevant was found counts 0.
    mutating func add(_ found: ScoredRelevance?) {
        averagePrecision.append(found?.averagePrecision ?? 0)
        reciprocalRank.append(found?.reciprocalRank(at: k) ?? 0)
        discountedGain.append(found?.discountedGain(at: k) ?? 0)
    }

    /// Adds documents in an order; relevant ones that are not among them come last, as in the reference.
    mutating func add(ranked isRelevant: [Bool], relevant: Int) {
        let found = isRelevant.count { $0 }
        guard found > 0 else { return add(nil) }
        let missing = [Bool](repeating: true, count: max(0, relevant - found))
        add(ScoredRelevance(ranked: isRelevant + missing))
    }

    private var all: [(name: String, column: String, values: [Double])] {
        [
            ("map", "MAP", averagePrecision), ("mrr@\(k)", "MRR@\(k)", reciprocalRank),
            ("ndcg@\(k)", "NDCG@\(k)", discountedGain),
        ]
    }

    /// The name of the metric that decides.
    var primary: String { "ndcg@\(k)" }

    /// The means of all queries.
    func metrics(_ prefix: String = "") -> [Metric] { all.map { Metric(prefix + $0.name, $0.values.mean) } }

    /// The same with the names of the reference's file.
    func row(_ prefix: String = "") -> [(column: String, value: Double)] {
        all.map { (prefix + $0.column, $0.values.mean) }
    }

    /// What the means are of.
    func samples(_ prefix: String = "") -> [String: MetricSample] {
        Dictionary(uniqueKeysWithValues: all.map { (prefix + $0.name, .mean($0.values)) })
    }
}

extension [Double] {
    /// The mean; 0 of none.
    var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
}
