// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceSearch
import SentenceTokenizers
public import SentenceTransformers

/// Adds to pairs of a query and its positive the documents that a model takes for answers although they are none.
///
/// The reference's `mine_hard_negatives`. The first two columns of texts, in the order that their names tell as in training,
/// are queries and positives; equal texts are embedded once, and the best documents of each query are found by an exact search, whose memory grows with the number of queries
/// times the candidates of each.
/// - Parameters:
///   - pairs: Queries and positives; a query may stand in several rows.
///   - model: What embeds them.
///   - crossEncoder: What scores candidates again, if there are limits to their scores; it tells false negatives better.
///   - options: Which negatives, and in which rows.
/// - Returns: The rows, in the order in which queries appear first, under the name of the pairs.
/// - Throws: ``TrainingError`` for data and options that make no sense, or if no negative is left; what the models throw.
public func mineHardNegatives(
    _ pairs: TrainingData, model: SentenceTransformer, crossEncoder: CrossEncoder? = nil,
    options: HardNegativeOptions = HardNegativeOptions()
) throws -> HardNegatives {
    let texts = try MinedTexts(pairs, corpus: options.corpus)
    let mostPositives = texts.rowsPerQuery.max() ?? 0
    let rangeMax = try options.resolvedRangeMax(mostPositives: mostPositives, hasCrossEncoder: crossEncoder != nil)
    var documentOptions = options.documents, queryOptions = options.queries
    documentOptions.normalizeEmbeddings = true
    queryOptions.normalizeEmbeddings = true
    let cache = EmbeddingCache(options.cacheDirectory, model)
    let documents = try cache.embeddings("corpus", of: texts.documents, documentOptions) {
        try model.encodeDocument(texts.documents, options: documentOptions)
    }
    let queries = try cache.embeddings("query", of: texts.queries, queryOptions) {
        try model.encodeQuery(texts.queries, options: queryOptions)
    }
    let limit = min(rangeMax + mostPositives, texts.documents.count)
    var candidates = try semanticSearch(
        queries, in: documents, topK: limit, scoreFunction: model.similarityFunction,
        threads: options.documents.computation.threads)
    let owners = texts.positives.enumerated().flatMap { query, positives in positives.map { (query, $0) } }
    var positiveScores = try owners.map { query, document in
        try model.similarity(queries[query], documents[document])
    }
    if let crossEncoder, options.hasLimits {
        func scores(_ pairs: [(query: Int, document: Int)]) throws -> [Float] {
            try crossEncoder.predict(
                pairs.map { TokenizerInput(texts.queries[$0.query], pair: texts.documents[$0.document]) },
                options: options.prediction
            ).map { $0[0] }
        }
        for query in candidates.indices {
            let found = try scores(candidates[query].map { (query, $0.index) })
            candidates[query] = zip(candidates[query], found).map { ScoredIndex(index: $0.index, score: $1) }
        }
        positiveScores = try scores(owners.map { ($0.0, $0.1) })
    }
    var selection = NegativeSelection(options: options, rangeMax: rangeMax)
    var first = 0
    let negatives = candidates.enumerated().map { query, hits in
        let own = positiveScores[first..<first + texts.positives[query].count]
        first += own.count
        return selection.choose(hits, positives: texts.positives[query], scores: own, query: query)
    }
    return try MinedRows(texts: texts, positiveScores: positiveScores, negatives: negatives, options: options)
        .result(selection.ruledOut)
}

extension TrainingData {
    /// The columns of queries and of positives.
    ///
    /// - Throws: ``TrainingError`` if there are fewer than two of texts.
    package func pairColumns() throws -> [Int] {
        let texts = columns.kinds.indices.filter { columns.kinds[$0] == .text }
        guard texts.count >= 2 else {
            throw TrainingError(
                .invalidData,
                "\(title) has \(texts.count) column\(texts.count == 1 ? "" : "s") of texts; expected queries and positives"
            )
        }
        return Array(ColumnOrder(texts.map { ($0, columns.names[$0]) }, in: title).columns.prefix(2))
    }
}

/// The texts of pairs, each once.
struct MinedTexts {
    /// The name of the data set.
    let dataset: String
    /// The names of the two columns.
    let names: (query: String, positive: String)
    /// The queries in the order in which they appear first.
    private(set) var queries: [String] = []
    /// All documents: those of the corpus, then positives.
    private(set) var documents: [String] = []
    /// The documents that belong to each query, each once.
    private(set) var positives: [[Int]] = []
    /// In how many rows each query stands.
    private(set) var rowsPerQuery: [Int] = []

    init(_ pairs: TrainingData, corpus: [String]) throws {
        let columns = try pairs.pairColumns()
        dataset = pairs.name
        names = (pairs.columnNames[columns[0]], pairs.columnNames[columns[1]])
        var numbers: [ExactString: Int] = [:]
        func number(_ text: String, _ texts: inout [String], _ numbers: inout [ExactString: Int]) -> Int {
            if let known = numbers[ExactString(text)] { return known }
            texts.append(text)
            numbers[ExactString(text)] = texts.count - 1
            return texts.count - 1
        }
        for text in corpus { _ = number(text, &documents, &numbers) }
        var queryNumbers: [ExactString: Int] = [:]
        for row in 0..<pairs.count {
            let values = try pairs.row(row)
            guard let query = values[columns[0]].allTexts.first, let positive = values[columns[1]].allTexts.first else {
                continue
            }
            let place = number(query, &queries, &queryNumbers), document = number(positive, &documents, &numbers)
            if place == positives.count {
                positives.append([])
                rowsPerQuery.append(0)
            }
            rowsPerQuery[place] += 1
            if !positives[place].contains(document) { positives[place].append(document) }
        }
    }
}
