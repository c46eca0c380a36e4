// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceSearch
public import SentenceTransformers

/// A model for which evaluators can be found: all kinds.
public protocol MeasurableModel: BaseModel {
    /// The evaluator that fits the columns of data, as the names and kinds of columns tell.
    ///
    /// - Parameters:
    ///   - data: The data, whose texts are read into memory.
    ///   - name: What precedes the names of metrics.
    ///   - threads: Threads to use; all that the process may use if nil.
    /// - Returns: The evaluator, nil if none fits.
    /// - Throws: ``TrainingError`` if a row can no longer be read, or there are too few.
    func evaluator(for data: TrainingData, name: String, threads: Int?) throws -> (any Evaluator<Self>)?

    /// The evaluator of a search in one data set.
    ///
    /// - Parameters:
    ///   - data: Queries and a corpus; for cross-encoders also what a first search found.
    ///   - name: What precedes the names of metrics.
    ///   - keepsPredictions: Whether the result has what was found for each query; only of retrieval.
    ///   - threads: Threads to use; all that the process may use if nil.
    /// - Returns: The evaluator: of retrieval, or for cross-encoders of reranking.
    /// - Throws: ``TrainingError`` if the data do not make an evaluation.
    func evaluator(
        for data: RetrievalData, name: String, keepsPredictions: Bool, threads: Int?
    ) throws -> any Evaluator<Self>

    /// The evaluator of a search in several data sets, whose metrics have the names of the data sets.
    ///
    /// - Throws: As for one.
    func evaluator(
        for collection: RetrievalCollection, keepsPredictions: Bool, threads: Int?
    ) throws -> any Evaluator<Self>
}

extension MeasurableModel where Self: SimilarityEncoder {
    /// Retrieval.
    public func evaluator(
        for data: RetrievalData, name: String, keepsPredictions: Bool, threads: Int?
    ) throws -> any Evaluator<Self> {
        try InformationRetrievalEvaluator<Self>(
            data, keepsPredictions: keepsPredictions, name: name, queryOptions: .with(threads: threads),
            documentOptions: .with(threads: threads))
    }

    /// Retrieval in each data set, and the mean.
    public func evaluator(
        for collection: RetrievalCollection, keepsPredictions: Bool, threads: Int?
    ) throws -> any Evaluator<Self> {
        try NanoBEIREvaluator<Self>(
            collection, keepsPredictions: keepsPredictions, queryOptions: .with(threads: threads),
            documentOptions: .with(threads: threads))
    }
}

extension TextEncodeOptions {
    /// The model's defaults on so many threads.
    fileprivate static func with(threads: Int?) -> Self {
        var options = Self()
        options.threads = threads
        return options
    }
}

extension MeasurableModel {
    /// The columns that evaluators are found for, of which a message can tell.
    package static var evaluatedColumns: String {
        switch kind {
        case .sentenceTransformer:
            "two texts with a score or with 0 and 1 as labels, an anchor with a positive and perhaps a negative, or "
                + "english and non_english"
        case .sparseEncoder:
            "two texts with a score or with 0 and 1 as labels, or an anchor with a positive and perhaps a negative"
        case .multiVectorEncoder: "an anchor with a positive and perhaps a negative"
        case .crossEncoder: "two texts with a score, or with a class as label"
        }
    }
}

extension SentenceTransformer: MeasurableModel {
    /// Similarity, binary classification, triplets, translation or retrieval.
    public func evaluator(for data: TrainingData, name: String, threads: Int?) throws -> (
        any Evaluator<SentenceTransformer>
    )? {
        let columns = try EvaluatedColumns(data)
        if let pairs = columns.translations {
            return try TranslationEvaluator<SentenceTransformer>(
                source: pairs.map(\.0), target: pairs.map(\.1), name: name, options: .init(threads: threads))
        }
        return try columns.pairEvaluator(name, threads) ?? columns.searchEvaluator(name, threads)
    }
}

extension SparseEncoder: MeasurableModel {
    /// Similarity, binary classification, triplets or retrieval.
    public func evaluator(for data: TrainingData, name: String, threads: Int?) throws -> (any Evaluator<SparseEncoder>)?
    {
        let columns = try EvaluatedColumns(data)
        return try columns.pairEvaluator(name, threads) ?? columns.searchEvaluator(name, threads)
    }
}

extension MultiVectorEncoder: MeasurableModel {
    /// Triplets or retrieval.
    public func evaluator(for data: TrainingData, name: String, threads: Int?) throws -> (
        any Evaluator<MultiVectorEncoder>
    )? {
        try EvaluatedColumns(data).searchEvaluator(name, threads)
    }
}

extension CrossEncoder: MeasurableModel {
    /// Reranking of the first 100 documents that a first search found.
    public func evaluator(
        for data: RetrievalData, name: String, keepsPredictions: Bool, threads: Int?
    ) throws -> any Evaluator<CrossEncoder> {
        try CrossEncoderRerankingEvaluator(
            samples: data.rerankingSamples(count: 100, of: name.isEmpty ? "the data" : name), name: name,
            options: PredictOptions(threads: threads))
    }

    /// Reranking in each data set, and the mean.
    public func evaluator(
        for collection: RetrievalCollection, keepsPredictions: Bool, threads: Int?
    ) throws -> any Evaluator<CrossEncoder> {
        try CrossEncoderNanoBEIREvaluator(collection, options: PredictOptions(threads: threads))
    }

    /// Classification where labels are classes that the model has, otherwise correlation.
    public func evaluator(for data: TrainingData, name: String, threads: Int?) throws -> (any Evaluator<CrossEncoder>)?
    {
        let columns = try EvaluatedColumns(data)
        guard let pairs = columns.pairs, let labels = columns.labels else { return nil }
        let options = PredictOptions(threads: threads)
        let classes = labels.compactMap { Int(exactly: $0) }, known = max(2, labelCount)
        if classes.count == labels.count, classes.allSatisfy({ (0..<known).contains($0) }) {
            return try CrossEncoderClassificationEvaluator(pairs: pairs, labels: classes, name: name, options: options)
        }
        guard labelCount == 1 else { return nil }
        return try CrossEncoderCorrelationEvaluator(pairs: pairs, scores: labels, name: name, options: options)
    }
}

/// The texts and labels of data, in the order of their meaning.
private struct EvaluatedColumns {
    private let texts: [[String]]
    private let names: [String]
    /// The label of each row, if there is one number for each.
    let labels: [Double]?

    private static let sources = ["english", "source"]
    private static let targets = ["non_english", "target"]

    init(_ data: TrainingData) throws {
        let columns = data.columns
        let others = columns.names.indices.filter { $0 != columns.label }
        guard others.allSatisfy({ columns.kinds[$0] == .text }),
            columns.label.map({ columns.kinds[$0] }) ?? .number == .number
        else {
            // Lists have no evaluator yet.
            (texts, names, labels) = ([], [], nil)
            return
        }
        let order = ColumnOrder(others.map { ($0, columns.names[$0]) }, in: data.title).columns
        names = order.map { columns.names[$0] }
        let rows = try (0..<data.count).map { try data.row($0) }
        texts = order.map { column in rows.map { $0[column].allTexts.first ?? "" } }
        labels = columns.label.map { label in rows.map { $0[label].allNumbers.first ?? .nan } }
    }

    /// The first two columns, if there are no others.
    var pairs: [(String, String)]? { texts.count == 2 ? Array(zip(texts[0], texts[1])) : nil }

    /// Pairs whose columns are called as those of translations, source first.
    var translations: [(String, String)]? {
        guard let pairs, labels == nil else { return nil }
        let names = names.map { $0.lowercased() }
        func isSource(_ name: String) -> Bool { Self.sources.contains { $0.isExactly(name) } }
        func isTarget(_ name: String) -> Bool { Self.targets.contains { $0.isExactly(name) } }
        if isSource(names[0]), isTarget(names[1]) { return pairs }
        return isSource(names[1]) && isTarget(names[0]) ? pairs.map { ($1, $0) } : nil
    }

    /// An evaluator of pairs with labels.
    func pairEvaluator<Model: SimilarityEncoder>(_ name: String, _ threads: Int?) throws -> (any Evaluator<Model>)?
    where Model.Similarity == SimilarityFunction {
        guard let pairs, let labels else { return nil }
        if labels.allSatisfy({ $0 == 0 || $0 == 1 }) {
            return try BinaryClassificationEvaluator<Model>(
                pairs: pairs, labels: labels.map { $0 == 1 }, name: name, options: .with(threads: threads))
        }
        return try EmbeddingSimilarityEvaluator<Model>(
            pairs: pairs, scores: labels, name: name, options: .with(threads: threads))
    }

    /// An evaluator of triplets, or of pairs that belong together.
    func searchEvaluator<Model: SimilarityEncoder>(_ name: String, _ threads: Int?) throws -> (any Evaluator<Model>)? {
        guard labels == nil else { return nil }
        if texts.count == 3 {
            let triplets = texts[0].indices.map { (texts[0][$0], texts[1][$0], texts[2][$0]) }
            return try TripletEvaluator<Model>(triplets: triplets, name: name, options: .with(threads: threads))
        }
        guard texts.count == 2 else { return nil }
        // A text that stands in several rows is one query or one document.
        let (queries, queryIDs) = Self.distinct(texts[0]), (documents, documentIDs) = Self.distinct(texts[1])
        return try InformationRetrievalEvaluator<Model>(
            queries: queries, corpus: documents,
            relevant: zip(queryIDs, documentIDs).map { (query: $0, document: $1) }, name: name,
            queryOptions: .with(threads: threads), documentOptions: .with(threads: threads))
    }

    /// The different texts with numbers as identifiers, and the identifier of each text.
    private static func distinct(_ texts: [String]) -> (all: [(id: String, text: String)], ids: [String]) {
        var known: [ExactString: String] = [:], all: [(id: String, text: String)] = []
        let ids = texts.map { text in
            if let id = known[text] { return id }
            let id = "\(all.count)"
            known[ExactString(text)] = id
            all.append((id, text))
            return id
        }
        return (all, ids)
    }
}
