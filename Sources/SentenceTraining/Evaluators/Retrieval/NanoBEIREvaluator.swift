// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SentenceTransformers

/// Measures how well relevant documents are found in several data sets, and on average.
///
/// With the data sets of NanoBEIR these are the numbers that the reference's `NanoBEIREvaluator` finds. For a
/// ``SparseEncoder``, also how sparse its embeddings are.
public struct NanoBEIREvaluator<Model: SimilarityEncoder>: Evaluator {
    /// What precedes the names of the average's metrics, such as `NanoBEIR_mean`.
    public let name: String
    private let evaluators: [InformationRetrievalEvaluator<Model>]
    private let key: String
    private let aggregate: (@Sendable ([Double]) -> Double)?

    /// An evaluator for several data sets.
    ///
    /// - Parameters:
    ///   - collection: The data sets.
    ///   - cutoffs: How many of the best documents each metric looks at.
    ///   - similarityFunctions: What embeddings are compared with; the model's function if empty.
    ///   - mainSimilarity: The function whose nDCG decides; the best one if nil.
    ///   - corpusChunkSize: Documents that are encoded at a time; 50,000, or 5,000 for a ``MultiVectorEncoder``, if nil.
    ///   - keepsPredictions: Whether the result has what was found for each query of each data set.
    ///   - aggregateKey: The name of the average in metrics.
    ///   - aggregate: Makes one number of those of all data sets; the mean if nil.
    ///   - queryPrompts: What is put before queries, by names of data sets; the model's prompt for others.
    ///   - corpusPrompts: What is put before documents, by names of data sets; the model's prompt for others.
    ///   - queryOptions: How queries are encoded.
    ///   - documentOptions: How documents are encoded.
    /// - Throws: ``TrainingError`` if data do not make an evaluation.
    public init(
        _ collection: RetrievalCollection, cutoffs: RetrievalCutoffs = RetrievalCutoffs(),
        similarityFunctions: [Model.Similarity] = [], mainSimilarity: Model.Similarity? = nil,
        corpusChunkSize: Int? = nil, keepsPredictions: Bool = false, aggregateKey: String = "mean",
        aggregate: (@Sendable ([Double]) -> Double)? = nil, queryPrompts: [String: String] = [:],
        corpusPrompts: [String: String] = [:], queryOptions: Model.Options = .init(),
        documentOptions: Model.Options = .init()
    ) throws {
        evaluators = try collection.sets.map { name, data in
            var (queryOptions, documentOptions) = (queryOptions, documentOptions)
            if let prompt = queryPrompts[name] { queryOptions.prompt = prompt }
            if let prompt = corpusPrompts[name] { documentOptions.prompt = prompt }
            return try InformationRetrievalEvaluator(
                data, cutoffs: cutoffs, similarityFunctions: similarityFunctions, mainSimilarity: mainSimilarity,
                corpusChunkSize: corpusChunkSize, keepsPredictions: keepsPredictions, name: name,
                queryOptions: queryOptions, documentOptions: documentOptions)
        }
        name = "NanoBEIR_\(aggregateKey)"
        key = aggregateKey
        self.aggregate = aggregate
    }

    /// Texts that are encoded.
    public var inputCount: Int? { evaluators.reduce(0) { $0 + ($1.inputCount ?? 0) } }

    /// The metrics of each data set, and those of all.
    public func evaluate(_ model: Model) throws -> EvaluationResult {
        let measured = try evaluators.map { try $0.measure(model) }
        let results = zip(measured, evaluators).map { $0.result($1.name) }
        let values = measured.map(\.values), first = measured[0]
        let metrics = values[0].indices.map { index in
            let means = values.map { $0[index].values.mean }
            return Metric(values[0][index].name, aggregate?(means) ?? means.mean)
        }
        var queries = SparsityCount(), corpus = SparsityCount()
        for each in measured {
            queries.add(each.querySparsity)
            corpus.add(each.corpusSparsity)
        }
        let sparsity = RetrievalMeasures.sparsity(queries, corpus)
        // An average of another kind has no interval of its own.
        let samples: [String: MetricSample] =
            aggregate == nil
            ? values[0].indices.reduce(into: [:]) { all, index in
                all[values[0][index].name] = .meanOfMeans(values.map { $0[index].values })
            } : [:]
        let all = result(
            metrics + sparsity, primary: first.primary(metrics),
            first.row(file: "NanoBEIR_evaluation_\(key)_results.csv", metrics, sparsity), samples: samples)
        return .joined(results + [all])
    }
}
