// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a search for all queries of a data set found.
struct RetrievalMeasures {
    private let cutoffs: RetrievalCutoffs
    /// The names of the functions, in the order of their names.
    private let functions: [String]
    private let main: String?
    /// For each function and query how good the order of documents is.
    var rankings: [[RankedRelevance]] = []
    /// For each function a line for each query with the documents that were found; empty unless they are kept.
    var predictions: [[String]] = []
    var querySparsity = SparsityCount()
    var corpusSparsity = SparsityCount()

    init(cutoffs: RetrievalCutoffs, functions: [String], main: String?) {
        self.cutoffs = cutoffs
        self.functions = functions
        self.main = main
    }

    /// For each metric the values of all queries.
    var values: [(name: String, values: [Double])] {
        zip(functions, rankings).flatMap { cutoffs.values($1, $0) }
    }

    /// How sparse embeddings are; none for embeddings that are not.
    var sparsity: [Metric] { Self.sparsity(querySparsity, corpusSparsity) }

    static func sparsity(_ queries: SparsityCount, _ corpus: SparsityCount) -> [Metric] {
        queries.metrics("query_") + corpus.metrics("corpus_") + queries.averageProducts(with: corpus)
    }

    /// The result of one data set.
    func result(_ name: String) -> EvaluationResult {
        let values = values
        let metrics = values.map { Metric($0.name, $0.values.mean) }
        return .named(
            name, metrics + sparsity, primary: primary(metrics),
            row(file: EvaluationRow.fileName("Information-Retrieval_evaluation", name), metrics, sparsity),
            samples: values.reduce(into: [:]) { $0[$1.name] = .mean($1.values) },
            predictions: zip(functions, predictions).map { function, lines in
                EvaluationPredictions(
                    file: EvaluationRow.fileName(
                        "Information-Retrieval_evaluation", name, ending: "_predictions_\(function).jsonl"),
                    lines: lines)
            })
    }

    /// The nDCG of the main function, or else of that which has most of it.
    func primary(_ metrics: [Metric]) -> String {
        let most = cutoffs.discountedGain.max() ?? 0
        let deciding = (main.map { [$0] } ?? functions).map { "\($0)_ndcg@\(most)" }
        let values = deciding.map { name in metrics.first { $0.name == name }?.value ?? 0 }
        let best = values.indices.max { (values[$0], -$0) < (values[$1], -$1) } ?? 0
        return deciding[best]
    }

    /// The row of a file with the reference's columns.
    func row(file: String, _ metrics: [Metric], _ sparsity: [Metric]) -> EvaluationRow {
        let found = functions.flatMap(cutoffs.columns).map { metric, column in
            (column, metrics.first { $0.name == metric }?.value ?? .nan)
        }
        return EvaluationRow(
            file: file, found + sparsity.map { ($0.name, $0.value) },
            lineEnd: sparsity.isEmpty ? "\n" : EvaluationRow.usualLineEnd)
    }
}
