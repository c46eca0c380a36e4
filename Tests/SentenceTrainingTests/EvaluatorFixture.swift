// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceSearch
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Testing

/// What the reference's evaluators found, and the data that they evaluated on.
struct EvaluatorFixture: Decodable, Sendable {
    static let file = Result { () throws -> EvaluatorFixture in
        let text = try String(contentsOf: Fixture.url("evaluators/cases.json"), encoding: .utf8)
        return try JSONValue(parsing: text).decode(EvaluatorFixture.self)
    }

    struct Rows: Decodable, Sendable {
        let pairs: [[String]]
        let scores: [Double]
        let labels: [Int]
        let classes: [Int]
        let triplets: [[String]]
        let queries: [String: String]
        let corpus: [String: String]
        let relevant: [String: [String]]
        /// How many of the documents have different texts.
        let distinct: Int
        let source: [String]
        let target: [String]

        /// The search, of all documents or of those with different texts.
        func retrieval<Model: SimilarityEncoder>(
            corpusChunkSize: Int?, distinct: Bool = false, name: String = ""
        ) throws -> InformationRetrievalEvaluator<Model> {
            let count = distinct ? self.distinct : corpus.count
            return try InformationRetrievalEvaluator(
                queries: queries.map { ($0, $1) }, corpus: (0..<count).map { ("d\($0)", corpus["d\($0)"] ?? "") },
                relevant: relevant.flatMap { query, documents in documents.map { (query, $0) } },
                corpusChunkSize: corpusChunkSize, name: name)
        }

        var textPairs: [(String, String)] { pairs.map { ($0[0], $0[1]) } }
        var textTriplets: [(String, String, String)] { triplets.map { ($0[0], $0[1], $0[2]) } }
    }

    struct Case: Decodable, Sendable, CustomTestStringConvertible {
        let kind: String
        let model: String
        let functions: [String]
        let name: String
        let metrics: [String: Double]
        let primary: String
        let file: String
        let rows: String

        var testDescription: String { "\(kind) of \(model) \(name)" }
    }

    let data: Rows
    let cases: [Case]

    static let all = (try? file.get().cases) ?? []
}

extension EvaluatorFixture.Case {
    /// What the same evaluator finds here, and what it writes when it is asked twice.
    func run(_ data: EvaluatorFixture.Rows) throws -> (result: EvaluationResult, rows: String) {
        let folder = try TemporaryFolder()
        let url = model == "minilm" ? try realModel() : Fixture.url(model)
        switch model.prefix(while: { $0 != "/" }) {
        case "sparse":
            return try written(
                similarity(SparseEncoder(directory: url, computePrecision: .float32Highest), data), folder)
        case "vectors":
            return try written(
                search(MultiVectorEncoder(directory: url, computePrecision: .float32Highest), data), folder)
        case "cross_encoders":
            return try written(scores(CrossEncoder(directory: url, computePrecision: .float32Highest), data), folder)
        default:
            return try written(
                dense(SentenceTransformer(directory: url, computePrecision: .float32Highest), data), folder)
        }
    }

    private func written(
        _ result: EvaluationResult, _ folder: TemporaryFolder
    ) throws -> (result: EvaluationResult, rows: String) {
        let target = folder.url.appending(path: "new")
        try result.write(to: target)
        try result.write(to: target, epoch: 1, steps: 20)
        #expect(try FileManager.default.contentsOfDirectory(atPath: target.path) == [file])
        return (result, try String(contentsOf: target.appending(path: file), encoding: .utf8))
    }

    private func dense(_ model: SentenceTransformer, _ data: EvaluatorFixture.Rows) throws -> EvaluationResult {
        switch kind {
        case "translation":
            try TranslationEvaluator(source: data.source, target: data.target, name: name).evaluate(model)
        case "mse":
            try MSEEvaluator(source: data.source, target: data.target, teacher: model, name: name).evaluate(model)
        default: try similarity(model, data)
        }
    }

    private func similarity<Model: SimilarityEncoder>(
        _ model: Model, _ data: EvaluatorFixture.Rows
    ) throws -> EvaluationResult where Model.Similarity == SimilarityFunction {
        let functions = functions.compactMap(SimilarityFunction.init)
        switch kind {
        case "similarity":
            return try EmbeddingSimilarityEvaluator(
                pairs: data.textPairs, scores: data.scores, similarityFunctions: functions, name: name
            ).evaluate(model)
        case "binary":
            return try BinaryClassificationEvaluator(
                pairs: data.textPairs, labels: data.labels.map { $0 == 1 }, similarityFunctions: functions, name: name
            ).evaluate(model)
        default: return try search(model, data)
        }
    }

    private func search<Model: SimilarityEncoder>(
        _ model: Model, _ data: EvaluatorFixture.Rows
    ) throws -> EvaluationResult {
        if kind == "triplet" {
            return try TripletEvaluator(
                triplets: data.textTriplets, similarityFunctions: functions.compactMap(Model.Similarity.init),
                name: name
            ).evaluate(model)
        }
        let chunk = ["chunks": 7, "late": 11][name]
        return try data.retrieval(corpusChunkSize: chunk, distinct: chunk != nil, name: name).evaluate(model)
    }

    private func scores(_ model: CrossEncoder, _ data: EvaluatorFixture.Rows) throws -> EvaluationResult {
        if kind == "correlation" {
            return try CrossEncoderCorrelationEvaluator(pairs: data.textPairs, scores: data.scores, name: name)
                .evaluate(model)
        }
        let labels = model.labelCount == 1 ? data.labels : data.classes
        return try CrossEncoderClassificationEvaluator(pairs: data.textPairs, labels: labels, name: name)
            .evaluate(model)
    }
}
