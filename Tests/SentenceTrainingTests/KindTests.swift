// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTensors
import SentenceTestSupport
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("Trainers of all kinds")
struct KindTests {
    private static func pairs(scored: Bool = false) throws -> TrainingData {
        try TrainingData(
            name: "pairs", columns: scored ? ["query", "answer", "label"] : ["query", "answer"],
            rows: (0..<24).map { number in
                let texts: [TrainingValue] = [.text("what is number \(number)?"), .text("it is \(number * 7 % 11)")]
                return scored ? texts + [.number(Double(number % 2))] : texts
            })
    }

    /// Trains a fixture's model for three epochs; its loss falls, and the saved model opens with the same values.
    private static func train<Model: BaseModel>(
        _ folder: String, _ loss: TrainingLoss, _ data: TrainingData, _: Model.Type, rate: Double = 1e-3
    ) throws {
        let model = try Model(directory: Fixture.url(folder))
        var arguments = TrainingArguments(epochs: 3, batchSize: 8, learningRate: rate)
        arguments.evaluation = .epochs
        let result = try Trainer(
            model: model, arguments: arguments, datasets: [data], loss: loss, evaluationDatasets: [data]
        ).trainBlocking()
        let change = try #require(result.history.change(of: "eval_loss"))
        #expect(change.after < change.before, "\(folder): \(change)")
        let saved = try TemporaryFolder()
        try result.model.save(to: saved.url)
        let again = try Model(directory: saved.url).pipeline.parameters.distinct
        let trained = result.model.pipeline.parameters.distinct
        #expect(again.map(\.name) == trained.map(\.name))
        for (found, wanted) in zip(again, trained) {
            #expect(
                found.parameter.tensor.float32().floats == wanted.parameter.tensor.float32().floats, "\(found.name)")
        }
    }

    @Test("An embedding model, also a static one and one with pooled layers")
    func dense() throws {
        for folder in ["models/mean", "words/static", "modules/layers"] {
            try Self.train(folder, .multipleNegativesRanking(), Self.pairs(), SentenceTransformer.self)
        }
    }

    @Test("A reranker")
    func reranker() throws {
        try Self.train("cross_encoders/bert", .binaryCrossEntropy(), Self.pairs(scored: true), CrossEncoder.self)
    }

    /// A query with documents of which one is right; the numbers of documents differ.
    private static func lists() throws -> TrainingData {
        try TrainingData(
            name: "lists", columns: ["query", "documents", "labels"],
            rows: (0..<24).map { number in
                let count = 2 + number % 3, right = number * 5 % count
                let documents = (0..<count).map { "it is \($0 == right ? number * 7 % 11 : 40 + $0)" }
                return [
                    .text("what is number \(number)?"), .texts(documents),
                    .numbers((0..<count).map { $0 == right ? 1 : 0 }),
                ]
            })
    }

    @Test("A reranker, on lists of documents and on documents of other rows")
    func rankers() throws {
        for loss: TrainingLoss in [.lambda(), .listNet(), .pListMLE(respectsInputOrder: false), .rankNet(), .adrMSE()] {
            try Self.train("cross_encoders/bert", loss, Self.lists(), CrossEncoder.self)
        }
        for isCached in [false, true] {
            let loss = TrainingLoss.crossEncoderMultipleNegativesRanking(negativeCount: 3, isCached: isCached)
            try Self.train("cross_encoders/bert", loss, Self.pairs(), CrossEncoder.self, rate: 1e-2)
        }
        try Self.train("cross_encoders/bert", .crossEncoderMSE(), Self.pairs(scored: true), CrossEncoder.self)
    }

    @Test("A sparse encoder")
    func sparse() throws {
        let loss = TrainingLoss.splade(.sparseMultipleNegativesRanking(), documentWeight: 3e-5)
        try Self.train("sparse/bert", loss, Self.pairs(), SparseEncoder.self)
    }

    @Test("A late-interaction model")
    func lateInteraction() throws {
        try Self.train(
            "vectors/mpnet", .multiVectorMultipleNegativesRanking(), Self.pairs(), MultiVectorEncoder.self)
    }
}
