// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
public import SentenceTransformers

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Measures how near the scores of a late-interaction model are to those of a teacher.
public struct MultiVectorDistillationEvaluator: Evaluator {
    /// What precedes the names of metrics.
    public let name: String
    private let queries: [String]
    /// The documents of all queries, one after another.
    private let documents: [String]
    private let scores: [Float]
    /// How many documents each query has; nil if each has one, and all are one distribution.
    private let candidateCount: Int?
    private let temperatures: (student: Double, teacher: Double)
    private let similarity: MultiVectorSimilarity?
    private let options: MultiVectorEncoder.Options

    /// An evaluator for queries with several documents each, whose scores are a distribution for each query.
    ///
    /// - Parameters:
    ///   - queries: At least one query.
    ///   - documents: As many documents for each query.
    ///   - scores: The teacher's score of each document.
    ///   - temperature: What scores are divided by before they become probabilities, above 0.
    ///   - studentTemperature: The same for the model's scores; `temperature` if nil.
    ///   - teacherTemperature: The same for the teacher's scores; `temperature` if nil.
    ///   - similarity: What scores the model's vectors; the model's function if nil.
    ///   - name: What precedes the names of metrics.
    ///   - options: How texts are encoded.
    /// - Throws: ``TrainingError`` if numbers of queries, documents and scores differ, or a temperature is out of range.
    public init(
        queries: [String], documents: [[String]], scores: [[Float]], temperature: Double = 1,
        studentTemperature: Double? = nil, teacherTemperature: Double? = nil, similarity: MultiVectorSimilarity? = nil,
        name: String = "", options: MultiVectorEncoder.Options = .init()
    ) throws {
        try EvaluationData.check(queries.count, documents.count, "lists of documents")
        try EvaluationData.check(queries.count, scores.count, "lists of scores")
        let count = documents.first?.count ?? 0
        for (index, pair) in zip(documents, scores).enumerated() where [pair.0.count, pair.1.count] != [count, count] {
            throw TrainingError(
                .invalidArgument,
                "query \(index) has \(pair.0.count) documents and \(pair.1.count) scores; expected \(count) of both, as the "
                    + "first query has")
        }
        guard count > 0 else { throw TrainingError(.invalidArgument, "the queries have no documents") }
        try self.init(
            queries, documents.flatMap { $0 }, scores.flatMap { $0 }, count, temperature, studentTemperature,
            teacherTemperature, similarity, name, options)
    }

    /// An evaluator for pairs, all of whose scores are one distribution.
    ///
    /// - Parameters:
    ///   - pairs: Queries with a document each; at least one.
    ///   - scores: The teacher's score of each pair.
    ///   - temperature: What scores are divided by before they become probabilities, above 0.
    ///   - studentTemperature: The same for the model's scores; `temperature` if nil.
    ///   - teacherTemperature: The same for the teacher's scores; `temperature` if nil.
    ///   - similarity: What scores the model's vectors; the model's function if nil.
    ///   - name: What precedes the names of metrics.
    ///   - options: How texts are encoded.
    /// - Throws: ``TrainingError`` if there are not as many scores as pairs, or a temperature is out of range.
    public init(
        pairs: [(String, String)], scores: [Float], temperature: Double = 1, studentTemperature: Double? = nil,
        teacherTemperature: Double? = nil, similarity: MultiVectorSimilarity? = nil, name: String = "",
        options: MultiVectorEncoder.Options = .init()
    ) throws {
        try EvaluationData.check(pairs.count, scores.count, "scores")
        try self.init(
            pairs.map(\.0), pairs.map(\.1), scores, nil, temperature, studentTemperature, teacherTemperature,
            similarity, name, options)
    }

    private init(
        _ queries: [String], _ documents: [String], _ scores: [Float], _ candidateCount: Int?, _ temperature: Double,
        _ student: Double?, _ teacher: Double?, _ similarity: MultiVectorSimilarity?, _ name: String,
        _ options: MultiVectorEncoder.Options
    ) throws {
        temperatures = (student ?? temperature, teacher ?? temperature)
        for value in [temperature, temperatures.student, temperatures.teacher] where !(value > 0 && value < .infinity) {
            throw TrainingError(.invalidArgument, "a temperature is \(value); expected a finite number above 0")
        }
        self.queries = queries
        self.documents = documents
        self.scores = scores
        self.candidateCount = candidateCount
        self.similarity = similarity
        self.name = name
        self.options = options
    }

    /// Texts that are encoded.
    public var inputCount: Int? { queries.count + documents.count }

    /// `kl_divergence`, less of which is better, and `spearman`, which decides.
    public func evaluate(_ model: MultiVectorEncoder) throws -> EvaluationResult {
        let function = similarity ?? model.similarityFunction, ways = candidateCount ?? 1
        let queries = try model.encodeQuery(queries, options: options)
        let documents = try model.encodeDocument(documents, options: options)
        let repeated = documents.indices.map { queries[$0 / ways] }
        let found = try function.pairwise(repeated, documents)
        let size = candidateCount ?? found.count
        var divergences: [Double] = [], correlations: [Double] = []
        for start in stride(from: 0, to: found.count, by: size) {
            let teacher = scores[start..<start + size].map(Double.init)
            let student = found[start..<start + size].map(Double.init)
            divergences.append(divergence(teacher, student))
            correlations.append(Correlation.spearman(teacher, student))
        }
        // The order of equal scores is undefined, so such queries do not count.
        let known = correlations.filter { !$0.isNaN }
        let divergence = divergences.mean, spearman = known.mean
        return result(
            [Metric("kl_divergence", divergence), Metric("spearman", spearman)], primary: "spearman",
            EvaluationRow(
                file: fileName("distillation_evaluation"), [("kl_divergence", divergence), ("spearman", spearman)]),
            samples: candidateCount == nil
                ? ["spearman": .spearman(scores.map(Double.init), found.map(Double.init))]
                : ["kl_divergence": .mean(divergences), "spearman": .mean(known)])
    }

    /// Σ p (log p − log q) of the teacher's and the model's probabilities, times the square of the model's temperature.
    private func divergence(_ teacher: [Double], _ student: [Double]) -> Double {
        let p = Self.logProbabilities(teacher.map { $0 / temperatures.teacher })
        let q = Self.logProbabilities(student.map { $0 / temperatures.student })
        let sum = zip(p, q).reduce(0) { $0 + exp($1.0) * ($1.0 - $1.1) }
        return sum * temperatures.student * temperatures.student
    }

    private static func logProbabilities(_ scores: [Double]) -> [Double] {
        let most = scores.max() ?? 0
        let sum = log(scores.reduce(0) { $0 + exp($1 - most) })
        return scores.map { $0 - most - sum }
    }
}
