// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("Finding an evaluator from columns")
struct EvaluatorChoiceTests {
    private static func data(_ columns: [String], _ label: [Double]? = nil) throws -> TrainingData {
        try TrainingData(
            columns: columns,
            rows: (0..<4).map { row in
                columns.map { column in
                    labelNames.contains(column)
                        ? .number(label?[row] ?? 0) : .text("\(column.first ?? "a") \(row / 2)")
                }
            })
    }

    private static let labelNames = ["label", "labels", "score", "scores"]

    private static func name(_ model: some MeasurableModel, _ data: TrainingData) throws -> String? {
        func describe<Model: MeasurableModel>(_ model: Model) throws -> String? {
            try model.evaluator(for: data, name: "dev", threads: nil).map {
                "\(type(of: $0))".split(separator: "<")[0].description
            }
        }
        return try describe(model)
    }

    @Test(
        "Columns and labels decide",
        arguments: [
            (["sentence1", "sentence2", "score"], [0.5, 1, 0, 2], "EmbeddingSimilarityEvaluator"),
            (["sentence1", "sentence2", "label"], [0, 1, 1, 0], "BinaryClassificationEvaluator"),
            (["anchor", "positive", "negative"], nil, "TripletEvaluator"),
            (["negative", "anchor", "positive"], nil, "TripletEvaluator"),
            (["query", "answer"], nil, "InformationRetrievalEvaluator"),
            (["english", "non_english"], nil, "TranslationEvaluator"),
            (["target", "source"], nil, "TranslationEvaluator"),
            (["text"], nil, nil), (["text", "label"], [0, 1, 2, 3], nil),
        ] as [([String], [Double]?, String?)])
    func dense(columns: [String], labels: [Double]?, evaluator: String?) throws {
        let model = try SentenceTransformer(directory: Fixture.url("models/mean"))
        #expect(try Self.name(model, Self.data(columns, labels)) == evaluator)
    }

    @Test("Each kind of model has evaluators of its own")
    func kinds() throws {
        let pairs = ["sentence1", "sentence2", "score"]
        let scores = [0.5, 1, 0, 2], binary: [Double] = [0, 1, 1, 0], classes: [Double] = [0, 1, 2, 1]
        let sparse = try SparseEncoder(directory: Fixture.url("sparse/bert"))
        #expect(try Self.name(sparse, Self.data(pairs, scores)) == "EmbeddingSimilarityEvaluator")
        #expect(try Self.name(sparse, Self.data(["source", "target"])) == "InformationRetrievalEvaluator")
        let vectors = try MultiVectorEncoder(directory: Fixture.url("vectors/pylate"))
        #expect(try Self.name(vectors, Self.data(pairs, scores)) == nil)
        #expect(try Self.name(vectors, Self.data(["anchor", "positive", "negative"])) == "TripletEvaluator")
        let cross = try CrossEncoder(directory: Fixture.url("cross_encoders/bert"))
        #expect(try Self.name(cross, Self.data(pairs, scores)) == "CrossEncoderCorrelationEvaluator")
        #expect(try Self.name(cross, Self.data(pairs, binary)) == "CrossEncoderClassificationEvaluator")
        #expect(try Self.name(cross, Self.data(pairs, classes)) == "CrossEncoderCorrelationEvaluator")
        #expect(try Self.name(cross, Self.data(["query", "answer"])) == nil)
        let labels = try CrossEncoder(directory: Fixture.url("cross_encoders/bert_labels"))
        #expect(try Self.name(labels, Self.data(pairs, classes)) == "CrossEncoderClassificationEvaluator")
        #expect(try Self.name(labels, Self.data(pairs, scores)) == nil)
    }

    @Test("A text in several rows is one query or one document")
    func distinct() throws {
        let model = try SentenceTransformer(directory: Fixture.url("models/mean"))
        let rows: [[TrainingValue]] = [["a", "x"], ["a", "y"], ["b", "x"]].map { $0.map { .text($0) } }
        let data = try TrainingData(columns: ["query", "answer"], rows: rows)
        let result = try #require(try model.evaluator(for: data, name: "", threads: 1)).evaluate(model)
        // Both documents are among the first two, whatever their order.
        #expect(result["cosine_recall@3"] == 1 && result["cosine_precision@3"] == 0.5)
    }
}
