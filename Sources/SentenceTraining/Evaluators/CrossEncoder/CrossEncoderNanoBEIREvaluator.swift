// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
public import SentenceTransformers

/// Measures how well a cross-encoder orders what a first search found in several data sets, and on average.
///
/// With the data sets of NanoBEIR and their BM25 rankings these are the numbers that the reference's
/// `CrossEncoderNanoBEIREvaluator` finds.
public struct CrossEncoderNanoBEIREvaluator: Evaluator {
    /// What precedes the names of the average's metrics, such as `NanoBEIR_R100_mean`.
    public let name: String
    private let evaluators: [CrossEncoderRerankingEvaluator]
    private let key: String
    private let cutoff: Int

    /// An evaluator for several data sets.
    ///
    /// - Parameters:
    ///   - collection: The data sets, each with what a first search found.
    ///   - rerankedCount: How many documents of the first search are ordered, 1 or more.
    ///   - cutoff: How many of the best documents nDCG and MRR look at, 1 or more.
    ///   - alwaysReranksPositives: Whether relevant documents that the first search did not find are ordered too.
    ///   - aggregateKey: The name of the average in metrics.
    ///   - options: How pairs are scored.
    /// - Throws: ``TrainingError`` if a data set has no first search, or data do not make an evaluation.
    public init(
        _ collection: RetrievalCollection, rerankedCount: Int = 100, cutoff: Int = 10,
        alwaysReranksPositives: Bool = true, aggregateKey: String = "mean", options: PredictOptions = .init()
    ) throws {
        guard rerankedCount >= 1 else {
            throw TrainingError(.invalidArgument, "rerankedCount is \(rerankedCount); expected 1 or more")
        }
        evaluators = try collection.sets.map { name, data in
            try CrossEncoderRerankingEvaluator(
                samples: data.rerankingSamples(count: rerankedCount, of: name), cutoff: cutoff,
                alwaysReranksPositives: alwaysReranksPositives, name: "\(name)_R\(rerankedCount)", options: options)
        }
        name = "NanoBEIR_R\(rerankedCount)_\(aggregateKey)"
        key = aggregateKey
        self.cutoff = cutoff
    }

    /// Pairs that are scored.
    public var inputCount: Int? { evaluators.reduce(0) { $0 + ($1.inputCount ?? 0) } }

    /// The metrics of each data set, and those of all.
    public func evaluate(_ model: CrossEncoder) throws -> EvaluationResult {
        let results = try evaluators.map { try $0.evaluate(model) }
        let prefixes = evaluators.map { $0.name + "_" }
        let metrics = results[0].metrics.map { metric in
            let name = String(metric.name.dropFirst(prefixes[0].count))
            return Metric(name, zip(results, prefixes).map { $0[$1 + name] ?? .nan }.mean)
        }
        let columns = [("map", "MAP"), ("mrr@\(cutoff)", "MRR@\(cutoff)"), ("ndcg@\(cutoff)", "NDCG@\(cutoff)")]
        let row = columns.map { name, column in (column, metrics.first { $0.name == name }?.value ?? .nan) }
        let samples = metrics.reduce(into: [String: MetricSample]()) { all, metric in
            let groups = zip(results, prefixes).map { $0.samples[$1 + metric.name] }
            all[metric.name] = .meanOfMeans(
                groups.map { group in if case .mean(let values) = group { values } else { [] } })
        }
        let all = result(
            metrics, primary: "ndcg@\(cutoff)",
            EvaluationRow(file: "NanoBEIR_evaluation_\(key)_results.csv", row, lineEnd: "\n"), samples: samples)
        return .joined(results + [all])
    }
}

extension RetrievalData {
    /// What a first search found for each query.
    ///
    /// - Parameters:
    ///   - count: How many documents of each query are taken at most.
    ///   - name: The name of the data in messages.
    /// - Returns: A sample for each query.
    /// - Throws: ``TrainingError`` if there was no first search, or it names what there is not.
    package func rerankingSamples(count: Int, of name: String) throws -> [RerankingSample] {
        guard !candidates.isEmpty else {
            throw TrainingError(
                .invalidData,
                "\(name): there is no first search whose order a cross-encoder could improve; expected a file bm25.jsonl "
                    + "with query-id and corpus-ids")
        }
        func dictionary(_ rows: [(id: String, text: String)]) -> [ExactString: String] {
            Dictionary(rows.map { (ExactString($0.id), $0.text) }) { _, last in last }
        }
        let texts = dictionary(corpus), queryTexts = dictionary(queries)
        func text(of id: String) throws -> String {
            guard let text = texts[ExactString(id)] else {
                throw TrainingError(.invalidData, "\(name): the corpus has no document \"\(id)\"; the files do not fit")
            }
            return text
        }
        var relevant: [ExactString: [String]] = [:]
        for each in relevance where each.grade > 0 {
            relevant[ExactString(each.query), default: []].append(each.document)
        }
        return try candidates.map { query, documents in
            guard let queryText = queryTexts[ExactString(query)] else {
                throw TrainingError(.invalidData, "\(name): there is no query \"\(query)\"; the files do not fit")
            }
            var seen: Set<ExactString> = []
            let positives = try (relevant[ExactString(query)] ?? []).filter { seen.insert($0) }.map { try text(of: $0) }
            return RerankingSample(
                query: queryText, positives: positives, documents: try documents.prefix(count).map(text(of:)))
        }
    }
}
