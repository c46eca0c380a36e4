// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceFiles
import SentenceSearch
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Synchronization
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
        let reranking: [Ordered]
        let ranked: [Ranked]
        let mined: [String: String]
        let duplicates: [[String]]
        let languages: [[String: String]]
        let teacher: [[Float]]
        let classifier: [[Float]]
        let bias: [Float]

        struct Ordered: Decodable, Sendable {
            let query: String
            let positive: [String]
            let negative: [String]
        }

        struct Ranked: Decodable, Sendable {
            let query_id: String
            let query: String
            let positive: [String]
            let documents: [String]
            let other: [String]
        }

        var rerankingSamples: [RerankingSample] {
            reranking.map { RerankingSample(query: $0.query, positives: $0.positive, negatives: $0.negative) }
        }

        /// The search, of all documents or of those with different texts.
        func retrieval<Model: SimilarityEncoder>(
            corpusChunkSize: Int?, distinct: Bool = false, similarityFunctions: [Model.Similarity] = [],
            keepsPredictions: Bool = false, name: String = ""
        ) throws -> InformationRetrievalEvaluator<Model> {
            let count = distinct ? self.distinct : corpus.count
            var cutoffs = RetrievalCutoffs()
            if name == "predicted" {
                (cutoffs.accuracy, cutoffs.precisionAndRecall) = ([1, 3], [3])
                (cutoffs.reciprocalRank, cutoffs.discountedGain, cutoffs.averagePrecision) = ([5], [5], [5])
            }
            return try InformationRetrievalEvaluator(
                queries: queries.sorted { $0.key < $1.key }.map { ($0, $1) },
                corpus: (0..<count).map { ("d\($0)", corpus["d\($0)"] ?? "") },
                relevant: relevant.flatMap { query, documents in documents.map { (query, $0) } },
                cutoffs: cutoffs, similarityFunctions: similarityFunctions, corpusChunkSize: corpusChunkSize,
                keepsPredictions: keepsPredictions, name: name)
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
        /// The names of all files, if there are several.
        let files: [String]?
        /// The contents of files of predictions.
        let predictions: [String: String]?

        var testDescription: String { "\(kind) of \(model) \(name)" }
    }

    let data: Rows
    let cases: [Case]

    static let all = (try? file.get().cases) ?? []
}

extension EvaluatorFixture.Case {
    /// What the same evaluator finds here, and what it writes when it is asked twice.
    func run(_ data: EvaluatorFixture.Rows) throws -> Written {
        let folder = try TemporaryFolder()
        let url = model == "minilm" ? try realModel() : Fixture.url(model)
        switch model.prefix(while: { $0 != "/" }) {
        case "":
            return try written(fusion(data), folder)
        case "sparse":
            return try written(
                similarity(SparseEncoder(directory: url, computePrecision: .float32Highest), data), folder)
        case "vectors":
            return try written(
                vectors(MultiVectorEncoder(directory: url, computePrecision: .float32Highest), data), folder)
        case "cross_encoders":
            return try written(scores(CrossEncoder(directory: url, computePrecision: .float32Highest), data), folder)
        default:
            return try written(
                dense(SentenceTransformer(directory: url, computePrecision: .float32Highest), data), folder)
        }
    }

    /// A result and its files.
    typealias Written = (result: EvaluationResult, rows: String, predictions: [String: String])

    private func written(_ result: EvaluationResult, _ folder: TemporaryFolder) throws -> Written {
        let target = folder.url.appending(path: "new")
        try result.write(to: target)
        try result.write(to: target, epoch: 1, steps: 20)
        #expect(try FileManager.default.contentsOfDirectory(atPath: target.path).sorted() == (files ?? [file]))
        func text(_ name: String) throws -> String {
            try String(contentsOf: target.appending(path: name), encoding: .utf8)
        }
        let predictions = try (files ?? []).filter { $0.hasSuffix(".jsonl") }.map { ($0, try text($0)) }
        return (result, try text(file), Dictionary(uniqueKeysWithValues: predictions))
    }

    private func dense(_ model: SentenceTransformer, _ data: EvaluatorFixture.Rows) throws -> EvaluationResult {
        switch kind {
        case "languages":
            return try MultilingualMSEEvaluator(
                rows: data.languages, combinations: [("en", "de"), ("en", "fr")], teacher: model, name: name
            ).measured(model)
        case "accuracy":
            let classifier = try SoftmaxClassifier(weight: Matrix(rows: data.classifier), bias: data.bias)
            return try LabelAccuracyEvaluator(
                pairs: data.textPairs, labels: data.classes, classifier: classifier, name: name
            ).measured(model)
        case "similarity" where EmbeddingPrecision(rawValue: name) != nil:
            return try EmbeddingSimilarityEvaluator(
                pairs: data.textPairs, scores: data.scores, precision: #require(EmbeddingPrecision(rawValue: name)),
                similarityFunctions: functions.compactMap(SimilarityFunction.init), name: name
            ).measured(model)
        default: return try similarity(model, data)
        }
    }

    private func similarity<Model: SimilarityEncoder>(
        _ model: Model, _ data: EvaluatorFixture.Rows
    ) throws -> EvaluationResult where Model: PairMiningEncoder, Model.Embeddings: EmbeddingRows {
        let functions = functions.compactMap(SimilarityFunction.init)
        switch kind {
        case "mining":
            return try ParaphraseMiningEvaluator<Model>(
                texts: data.mined.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
                duplicates: data.duplicates.map { ($0[0], $0[1]) }, addsTransitiveClosure: name == "closure",
                maximumPairs: ["few": 25, "sparse": 40][name] ?? 500_000, topK: ["few": 2, "sparse": 3][name] ?? 100,
                name: name
            ).measured(model)
        case "similarity":
            return try EmbeddingSimilarityEvaluator(
                pairs: data.textPairs, scores: data.scores, similarityFunctions: functions, name: name
            ).measured(model)
        case "binary":
            return try BinaryClassificationEvaluator(
                pairs: data.textPairs, labels: data.labels.map { $0 == 1 }, similarityFunctions: functions, name: name
            ).measured(model)
        case "translation":
            return try TranslationEvaluator(source: data.source, target: data.target, name: name).measured(model)
        case "mse":
            return try MSEEvaluator(source: data.source, target: data.target, teacher: model, name: name)
                .measured(model)
        default: return try search(model, data)
        }
    }

    private func vectors(_ model: MultiVectorEncoder, _ data: EvaluatorFixture.Rows) throws -> EvaluationResult {
        guard kind == "distillation" else { return try search(model, data) }
        if name == "flat" {
            return try MultiVectorDistillationEvaluator(
                pairs: data.textPairs, scores: data.scores.map(Float.init), name: name
            ).measured(model)
        }
        let triplets = data.triplets
        return try MultiVectorDistillationEvaluator(
            queries: triplets[..<6].map { $0[0] },
            documents: (0..<6).map { [triplets[$0][1], triplets[$0][2], triplets[$0 + 1][1], triplets[$0 + 2][2]] },
            scores: data.teacher, temperature: name == "warm" ? 0.5 : 1,
            teacherTemperature: name == "warm" ? 2 : nil, name: name
        ).measured(model)
    }

    private func search<Model: SimilarityEncoder>(
        _ model: Model, _ data: EvaluatorFixture.Rows
    ) throws -> EvaluationResult {
        switch kind {
        case "triplet":
            return try TripletEvaluator(
                triplets: data.textTriplets, similarityFunctions: functions.compactMap(Model.Similarity.init),
                name: name
            ).measured(model)
        case "reranking":
            return try RerankingEvaluator(
                samples: data.rerankingSamples, cutoff: name == "top" ? 2 : 10, name: name
            ).measured(model)
        case "nano":
            return try NanoBEIREvaluator(EvaluatorFixture.nano(), keepsPredictions: predictions != nil).measured(model)
        default:
            let chunk = ["chunks": 7, "late": 11][name]
            return try data.retrieval(
                corpusChunkSize: chunk, distinct: chunk != nil || ["all", "predicted"].contains(name),
                similarityFunctions: functions.compactMap(Model.Similarity.init),
                keepsPredictions: predictions != nil, name: name
            ).measured(model)
        }
    }

    private func scores(_ model: CrossEncoder, _ data: EvaluatorFixture.Rows) throws -> EvaluationResult {
        switch kind {
        case "correlation":
            return try CrossEncoderCorrelationEvaluator(pairs: data.textPairs, scores: data.scores, name: name)
                .measured(model)
        case "reranking":
            let ranked = data.ranked.map {
                RerankingSample(query: $0.query, positives: $0.positive, documents: $0.documents)
            }
            return try CrossEncoderRerankingEvaluator(
                samples: name.isEmpty ? data.rerankingSamples : ranked, cutoff: name.isEmpty ? 10 : 4,
                alwaysReranksPositives: name != "found", name: name
            ).measured(model)
        case "nano":
            return try CrossEncoderNanoBEIREvaluator(EvaluatorFixture.nano(), rerankedCount: 7).measured(model)
        default:
            let labels = model.labelCount == 1 ? data.labels : data.classes
            return try CrossEncoderClassificationEvaluator(pairs: data.textPairs, labels: labels, name: name)
                .measured(model)
        }
    }

    private func fusion(_ data: EvaluatorFixture.Rows) throws -> EvaluationResult {
        func samples(_ documents: (EvaluatorFixture.Rows.Ranked) -> [String]) -> [RankedSample] {
            data.ranked.map {
                RankedSample(
                    queryID: $0.query_id, query: $0.query, positives: $0.positive, documents: documents($0))
            }
        }
        return try ReciprocalRankFusionEvaluator(
            dense: samples(\.documents), sparse: samples(\.other), cutoff: 5, keepsPredictions: true, name: name
        ).evaluate()
    }
}

extension Evaluator {
    /// What is measured, and meanwhile told of progress, which reaches its end with the last input.
    func measured(_ model: Model) throws -> EvaluationResult {
        let told = Mutex<[Double]>([])
        let result = try evaluateBlocking(model) { share in told.withLock { $0.append(share) } }
        let shares = told.withLock { $0 }
        #expect(abs((shares.last ?? 0) - 1) < 1e-9 && shares == shares.sorted(), "\(shares)")
        return result
    }
}

extension EvaluatorFixture {
    /// The data sets of `nano`.
    static func nano() throws -> RetrievalCollection {
        try RetrievalCollection(contentsOf: Fixture.url("evaluators/nano"))
    }
}
