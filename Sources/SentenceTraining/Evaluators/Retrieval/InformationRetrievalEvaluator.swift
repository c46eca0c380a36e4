// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceSearch
public import SentenceTransformers

/// Measures how well the relevant documents of a corpus are found for queries.
///
/// The corpus is encoded and searched in chunks, and only the best documents of each query are kept. Of documents with equal scores, the one whose identifier
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
    /// The identifiers of the corpus, in their order; nil unless predictions are kept.
    private let corpusIDs: [String]?
    private let queryOptions: Model.Options
    private let documentOptions: Model.Options

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
    ///   - keepsPredictions: Whether the result has what was found for each query, as many documents as the largest cutoff:
    ///     the reference's `write_predictions`.
    ///   - name: What precedes the names of metrics.
    ///   - queryOptions: How queries are encoded.
    ///   - documentOptions: How documents are encoded.
    /// - Throws: ``TrainingError`` if two queries or documents have the same identifier, or nothing is relevant.
    public init(
        queries: [(id: String, text: String)], corpus: [(id: String, text: String)],
        relevant: [(query: String, document: String)], cutoffs: RetrievalCutoffs = RetrievalCutoffs(),
        similarityFunctions: [Model.Similarity] = [], mainSimilarity: Model.Similarity? = nil,
        corpusChunkSize: Int? = nil, keepsPredictions: Bool = false, name: String = "",
        queryOptions: Model.Options = .init(), documentOptions: Model.Options = .init()
    ) throws {
        let data = RetrievalData(
            queries: queries, corpus: corpus, relevance: relevant.map { ($0.query, $0.document, 1) })
        try self.init(
            data, cutoffs: cutoffs, similarityFunctions: similarityFunctions, mainSimilarity: mainSimilarity,
            corpusChunkSize: corpusChunkSize, keepsPredictions: keepsPredictions, name: name,
            queryOptions: queryOptions, documentOptions: documentOptions)
    }

    /// An evaluator for queries and a corpus, such as ``RetrievalData`` reads from files.
    ///
    /// - Throws: ``TrainingError`` if two queries or documents have the same identifier, or nothing is relevant.
    public init(
        _ data: RetrievalData, cutoffs: RetrievalCutoffs = RetrievalCutoffs(),
        similarityFunctions: [Model.Similarity] = [], mainSimilarity: Model.Similarity? = nil,
        corpusChunkSize: Int? = nil, keepsPredictions: Bool = false, name: String = "",
        queryOptions: Model.Options = .init(), documentOptions: Model.Options = .init()
    ) throws {
        try cutoffs.check()
        chunkSize = corpusChunkSize ?? (Model.kind == .multiVectorEncoder ? 5000 : 50_000)
        guard chunkSize > 0 else {
            throw TrainingError(.invalidArgument, "corpusChunkSize is \(chunkSize); expected 1 or more")
        }
        let sorted = data.corpus.sorted { $0.id.precedesByBytes($1.id) }
        corpus = sorted.map(\.text)
        corpusIDs = keepsPredictions ? sorted.map(\.id) : nil
        queries = try RetrievalQuery.all(data.queries, sorted.map(\.id), data.relevance)
        self.cutoffs = cutoffs
        functions = similarityFunctions.sorted { $0.rawValue < $1.rawValue }
        main = mainSimilarity
        self.name = name
        self.queryOptions = queryOptions
        self.documentOptions = documentOptions
    }

    /// Texts that are encoded.
    public var inputCount: Int? { queries.count + corpus.count }

    /// For each function accuracy, precision, recall, nDCG, MRR and MAP at each cutoff.
    public func evaluate(_ model: Model) throws -> EvaluationResult { try measure(model).result(name) }

    /// The measures of a model, without the evaluator's name.
    func measure(_ model: Model) throws -> RetrievalMeasures {
        let functions = functions.isEmpty ? [model.similarityFunction] : functions
        var measures = RetrievalMeasures(
            cutoffs: cutoffs, functions: functions.map(\.rawValue), main: main?.rawValue)
        let embeddings = try model.encodeQuery(queries.map(\.text), options: queryOptions)
        measures.querySparsity.add(embeddings, of: Model.self)
        var best = [[[ScoredIndex]]](
            repeating: [[ScoredIndex]](repeating: [], count: queries.count), count: functions.count)
        for start in stride(from: 0, to: corpus.count, by: chunkSize) {
            let documents = try model.encodeDocument(
                Array(corpus[start..<min(start + chunkSize, corpus.count)]), options: documentOptions)
            measures.corpusSparsity.add(documents, of: Model.self)
            for (place, function) in functions.enumerated() {
                let found = try Model.mostSimilar(
                    embeddings, in: documents, topK: cutoffs.largest, by: function, threads: queryOptions.threads)
                for (query, hits) in found.enumerated() {
                    let new = hits.map { ScoredIndex(index: start + $0.index, score: $0.score) }
                    best[place][query] = merged(best[place][query], new)
                }
            }
        }
        for found in best {
            measures.rankings.append(
                zip(queries, found).map { query, hits in
                    RankedRelevance(hits.map { query.grades[$0.index] ?? 0 }, ideal: query.idealGrades)
                })
            if let corpusIDs {
                measures.predictions.append(zip(queries, found).map { $0.prediction($1, corpusIDs) })
            }
        }
        return measures
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
    let id: String
    let text: String
    /// The grades of relevant documents, above 0, by their places in the sorted corpus.
    let grades: [Int: Double]
    /// The grades of all relevant documents, whether they are in the corpus or not, highest first.
    let idealGrades: [Double]

    /// A line of a file of predictions.
    func prediction(_ hits: [ScoredIndex], _ corpusIDs: [String]) -> String {
        var line = PythonObject()
        line.add("query_id", PythonObject.string(id))
        line.add("query", PythonObject.string(text))
        line.add(
            "results",
            PythonObject.list(
                hits.map { hit in
                    var result = PythonObject()
                    result.add("corpus_id", PythonObject.string(corpusIDs[hit.index]))
                    result.add("score", hit.score.isNaN ? "NaN" : "\(Double(hit.score))")
                    return result.closed
                }))
        return line.closed
    }

    static func all(
        _ queries: [(id: String, text: String)], _ corpus: [String],
        _ relevance: [(query: String, document: String, grade: Double)]
    ) throws -> [RetrievalQuery] {
        var places: [ExactString: Int] = [:]
        for (place, id) in corpus.enumerated() where places.updateValue(place, forKey: ExactString(id)) != nil {
            throw TrainingError(.invalidArgument, "two documents have the identifier \"\(id)\"; give each its own")
        }
        var documents: [ExactString: [ExactString: Double]] = [:]
        for each in relevance where each.grade > 0 {
            documents[ExactString(each.query), default: [:]][ExactString(each.document)] = each.grade
        }
        var seen: Set<ExactString> = []
        let found = try queries.compactMap { id, text -> RetrievalQuery? in
            guard seen.insert(id) else {
                throw TrainingError(.invalidArgument, "two queries have the identifier \"\(id)\"; give each its own")
            }
            guard let own = documents[ExactString(id)] else { return nil }
            return RetrievalQuery(
                id: id, text: text,
                grades: own.reduce(into: [:]) { grades, each in
                    if let place = places[each.key] { grades[place] = each.value }
                }, idealGrades: own.values.sorted(by: >))
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
