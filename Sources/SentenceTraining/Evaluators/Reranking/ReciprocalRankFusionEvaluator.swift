// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// What a search found for a query.
public struct RankedSample: Sendable, Hashable {
    /// The identifier of the query.
    public let queryID: String
    /// The text of the query, which only predictions need.
    public let query: String
    /// The relevant documents.
    public let positives: [String]
    /// What was found, best first.
    public let documents: [String]

    /// What a search found for a query.
    public init(queryID: String, query: String = "", positives: [String], documents: [String]) {
        self.queryID = queryID
        self.query = query
        self.positives = positives
        self.documents = documents
    }
}

/// Measures how good the fusion of two searches is, compared with each of them.
///
/// A document's score is the sum of 1 / (k + rank) over both lists. It has no model, since the searches were made
/// before. Cormack, Clarke and Büttcher, *Reciprocal Rank Fusion Outperforms Condorcet and Individual Rank Learning
/// Methods*, 2009, <https://doi.org/10.1145/1571941.1572114>.
public struct ReciprocalRankFusionEvaluator: Sendable {
    /// What precedes the names of metrics.
    public let name: String
    private let dense: [RankedSample]
    private let sparse: [RankedSample]
    private let cutoff: Int
    private let rankConstant: Double
    private let keepsPredictions: Bool

    /// An evaluator for two searches with the same queries.
    ///
    /// - Parameters:
    ///   - dense: What one search found; its relevant documents count.
    ///   - sparse: What the other search found for the same queries, in the same order.
    ///   - cutoff: How many of the best documents nDCG and MRR look at, 1 or more.
    ///   - rankConstant: The number k that is added to ranks, 0 or more.
    ///   - keepsPredictions: Whether the result has the fused documents of each query: the reference's `write_predictions`.
    ///   - name: What precedes the names of metrics.
    /// - Throws: ``TrainingError`` if the queries differ or there are none, or a number is out of range.
    public init(
        dense: [RankedSample], sparse: [RankedSample], cutoff: Int = 10, rankConstant: Double = 60,
        keepsPredictions: Bool = false, name: String = ""
    ) throws {
        try RerankingMeasures.check(cutoff)
        try EvaluationData.check(dense.count, sparse.count, "samples of the sparse search")
        guard rankConstant >= 0, rankConstant.isFinite else {
            throw TrainingError(.invalidArgument, "rankConstant is \(rankConstant); expected 0 or more")
        }
        for (index, pair) in zip(dense, sparse).enumerated() where !pair.0.queryID.isExactly(pair.1.queryID) {
            throw TrainingError(
                .invalidArgument,
                "query \(index) of the dense search is \"\(pair.0.queryID)\", that of the sparse one "
                    + "\"\(pair.1.queryID)\"; expected the same queries in the same order")
        }
        self.dense = dense
        self.sparse = sparse
        self.cutoff = cutoff
        self.rankConstant = rankConstant
        self.keepsPredictions = keepsPredictions
        self.name = name
    }

    /// `dense_`, `sparse_` and fused `map`, `mrr@k` and `ndcg@k`.
    public func evaluate() -> EvaluationResult {
        var measures = [RerankingMeasures](repeating: RerankingMeasures(k: cutoff), count: 3)
        var lines: [String] = []
        for (dense, sparse) in zip(dense, sparse) {
            let positives = Set(exact: dense.positives), fused = fused(dense, sparse)
            if keepsPredictions { lines.append(Self.prediction(dense, fused)) }
            for (place, documents) in [dense.documents, sparse.documents, fused].enumerated() {
                measures[place].add(
                    ranked: documents.map { positives.contains($0) }, relevant: dense.positives.count)
            }
        }
        let prefixes = ["dense_", "sparse_", ""], columns = ["Dense_", "Sparse_", "Fusion_"]
        return .named(
            name, zip(measures, prefixes).flatMap { $0.metrics($1) }, primary: measures[2].primary,
            EvaluationRow(
                file: EvaluationRow.fileName("ReciprocalRankFusion_evaluation", name),
                zip(measures, columns).flatMap { $0.row($1) }),
            samples: zip(measures, prefixes).reduce(into: [:]) { all, part in
                all.merge(part.0.samples(part.1)) { first, _ in first }
            },
            predictions: keepsPredictions
                ? [
                    EvaluationPredictions(
                        file: EvaluationRow.fileName(
                            "ReciprocalRankFusion_evaluation", name, ending: "_predictions.jsonl"), lines: lines)
                ] : [])
    }

    /// A line of a file of predictions.
    private static func prediction(_ sample: RankedSample, _ fused: [String]) -> String {
        var line = PythonObject()
        line.add("query_id", PythonObject.string(sample.queryID))
        line.add("query", PythonObject.string(sample.query))
        line.add("positive", PythonObject.list(sample.positives.map(PythonObject.string)))
        line.add("documents", PythonObject.list(fused.map(PythonObject.string)))
        return line.closed
    }

    /// The documents of both lists, best first; of equal scores, those of the dense search first.
    private func fused(_ dense: RankedSample, _ sparse: RankedSample) -> [String] {
        var places: [ExactString: Int] = [:], texts: [String] = [], scores: [Double] = []
        for list in [dense.documents, sparse.documents] {
            // Of a document that a list has twice, the later rank counts, as in the reference.
            var ranks: [ExactString: Int] = [:]
            for (index, document) in list.enumerated() {
                ranks[ExactString(document)] = index + 1
                guard places[ExactString(document)] == nil else { continue }
                places[ExactString(document)] = texts.count
                texts.append(document)
                scores.append(0)
            }
            for (document, rank) in ranks {
                if let place = places[document] { scores[place] += 1 / (rankConstant + Double(rank)) }
            }
        }
        return texts.indices.sorted { scores[$0] == scores[$1] ? $0 < $1 : scores[$0] > scores[$1] }.map { texts[$0] }
    }
}
