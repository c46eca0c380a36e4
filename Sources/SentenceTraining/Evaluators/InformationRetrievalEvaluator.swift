// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceSearch
public import SentenceTransformers

/// Measures how well the relevant documents of a corpus are found for queries.
///
/// Scores of all queries with all documents are never in memory at once: the corpus is encoded in chunks, queries in
/// blocks, and only the best documents of each query are kept. Of documents with equal scores, the one whose identifier
/// comes first is better, so that results do not depend on chunks. For a ``SparseEncoder``, also how sparse its
/// embeddings are.
public struct InformationRetrievalEvaluator<Model: SimilarityEncoder>: Evaluator {
    /// What precedes the names of metrics.
    public let name: String
    private let queries: [RetrievalQuery]
    /// The texts of the corpus, in the order of their identifiers.
    private let corpus: [String]
    private let cutoffs: RetrievalCutoffs
    private let functions: [Model.Similarity]
    private let main: Model.Similarity?
    private let chunkSize: Int
    private let queryOptions: Model.Options
    private let documentOptions: Model.Options

    /// Scores in memory at a time, 64 MiB of them.
    private static var blockSize: Int { 1 << 24 }

    /// An evaluator for queries and a corpus.
    ///
    /// - Parameters:
    ///   - queries: The queries; those without a relevant document are left out.
    ///   - corpus: The documents.
    ///   - relevant: Which documents are relevant for which queries, by identifiers.
    ///   - cutoffs: How many of the best documents each metric looks at.
    ///   - similarityFunctions: What embeddings are compared with; the model's function if empty.
    ///   - mainSimilarity: The function whose nDCG decides; the best one if nil.
    ///   - corpusChunkSize: Documents that are encoded at a time; 50,000, or 5,000 for a ``MultiVectorEncoder``, if nil.
    ///   - name: What precedes the names of metrics.
    ///   - queryOptions: How queries are encoded.
    ///   - documentOptions: How documents are encoded.
    /// - Throws: ``TrainingError`` if two queries or documents have the same identifier, or nothing is relevant.
    public init(
        queries: [(id: String, text: String)], corpus: [(id: String, text: String)],
        relevant: [(query: String, document: String)], cutoffs: RetrievalCutoffs = RetrievalCutoffs(),
        similarityFunctions: [Model.Similarity] = [], mainSimilarity: Model.Similarity? = nil,
        corpusChunkSize: Int? = nil, name: String = "", queryOptions: Model.Options = .init(),
        documentOptions: Model.Options = .init()
    ) throws {
        try cutoffs.check()
        chunkSize = corpusChunkSize ?? (Model.kind == .multiVectorEncoder ? 5000 : 50_000)
        guard chunkSize > 0 else {
            throw TrainingError(.invalidArgument, "corpusChunkSize is \(chunkSize); expected 1 or more")
        }
        let sorted = corpus.sorted { $0.id.precedesByBytes($1.id) }
        self.corpus = sorted.map(\.text)
        self.queries = try RetrievalQuery.all(queries, sorted.map(\.id), relevant)
        self.cutoffs = cutoffs
        functions = similarityFunctions.sorted { $0.rawValue < $1.rawValue }
        main = mainSimilarity
        self.name = name
        self.queryOptions = queryOptions
        self.documentOptions = documentOptions
    }

    /// For each function accuracy, precision, recall, nDCG, MRR and MAP at each cutoff.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        let functions = functions.isEmpty ? [model.similarityFunction] : functions
        let (found, sparsity) = try search(model, functions)
        var metrics: [Metric] = [], row: [(String, Double)] = []
        for (function, found) in zip(functions, found) {
            let rankings = zip(queries, found).map { query, hits in
                RankedRelevance(hits.map { query.relevant.contains($0.index) }, relevant: query.relevantCount)
            }
            metrics += cutoffs.metrics(rankings, function.rawValue)
            row += cutoffs.row(rankings, function.rawValue)
        }
        let most = cutoffs.discountedGain.max() ?? 0
        let deciding = functions.map { "\($0.rawValue)_ndcg@\(most)" }
        let values = deciding.map { name in metrics.first { $0.name == name }?.value ?? 0 }
        let best = values.indices.max { (values[$0], -$0) < (values[$1], -$1) } ?? 0
        metrics += sparsity
        row += sparsity.map { ($0.name, $0.value) }
        return result(
            metrics, primary: main.map { "\($0.rawValue)_ndcg@\(most)" } ?? deciding[best],
            EvaluationRow(
                file: fileName("Information-Retrieval_evaluation"), row,
                lineEnd: sparsity.isEmpty ? "\n" : EvaluationRow.usualLineEnd))
    }

    /// For each function and query the best documents, best first; and how sparse the embeddings are.
    private func search(
        _ model: Model, _ functions: [Model.Similarity]
    ) throws -> (found: [[[ScoredIndex]]], sparsity: [Metric]) {
        var querySparsity = SparsityCount(), corpusSparsity = SparsityCount()
        let blockRows = max(1, Self.blockSize / min(chunkSize, max(1, corpus.count)))
        let blocks = try stride(from: 0, to: queries.count, by: blockRows).map { start in
            let block = start..<min(start + blockRows, queries.count)
            let embeddings = try model.encodeQuery(queries[block].map(\.text), options: queryOptions)
            querySparsity.add(embeddings, of: Model.self)
            return (rows: block, embeddings: embeddings)
        }
        var best = [[[ScoredIndex]]](
            repeating: [[ScoredIndex]](repeating: [], count: queries.count), count: functions.count)
        for start in stride(from: 0, to: corpus.count, by: chunkSize) {
            let documents = try model.encodeDocument(
                Array(corpus[start..<min(start + chunkSize, corpus.count)]), options: documentOptions)
            corpusSparsity.add(documents, of: Model.self)
            for (place, function) in functions.enumerated() {
                for block in blocks {
                    let scores = try Model.similarities(block.embeddings, documents, by: function)
                    for (row, query) in block.rows.enumerated() {
                        let new = scores[row].topK(cutoffs.largest).map {
                            ScoredIndex(index: start + $0.index, score: $0.score)
                        }
                        best[place][query] = merged(best[place][query], new)
                    }
                }
            }
        }
        let sparsity =
            querySparsity.metrics("query_") + corpusSparsity.metrics("corpus_")
            + querySparsity.averageProducts(with: corpusSparsity)
        return (best, sparsity)
    }

    /// The best of two lists, best first; those of the first list come first where scores are equal.
    private func merged(_ a: [ScoredIndex], _ b: [ScoredIndex]) -> [ScoredIndex] {
        guard !a.isEmpty else { return b }
        let all = a + b
        return all.map(\.score).topK(cutoffs.largest).map { all[$0.index] }
    }
}

/// A query with the documents that are relevant for it.
private struct RetrievalQuery: Sendable {
    let text: String
    /// The relevant documents, by their places in the sorted corpus.
    let relevant: Set<Int>
    /// How many documents are relevant, whether they are in the corpus or not.
    let relevantCount: Int

    static func all(
        _ queries: [(id: String, text: String)], _ corpus: [String], _ relevant: [(query: String, document: String)]
    ) throws -> [RetrievalQuery] {
        var places: [ExactString: Int] = [:]
        for (place, id) in corpus.enumerated() where places.updateValue(place, forKey: ExactString(id)) != nil {
            throw TrainingError(.invalidArgument, "two documents have the identifier \"\(id)\"; give each its own")
        }
        var documents: [ExactString: Set<ExactString>] = [:]
        for each in relevant { documents[ExactString(each.query), default: []].insert(each.document) }
        var seen: Set<ExactString> = []
        let found = try queries.compactMap { id, text -> RetrievalQuery? in
            guard seen.insert(id) else {
                throw TrainingError(.invalidArgument, "two queries have the identifier \"\(id)\"; give each its own")
            }
            guard let own = documents[ExactString(id)] else { return nil }
            return RetrievalQuery(
                text: text, relevant: Set(own.compactMap { places[$0] }), relevantCount: own.count)
        }
        guard !found.isEmpty, !corpus.isEmpty else {
            throw TrainingError(
                .invalidArgument,
                "none of \(queries.count) queries has a relevant document among \(corpus.count); there is nothing to find"
            )
        }
        return found
    }
}
