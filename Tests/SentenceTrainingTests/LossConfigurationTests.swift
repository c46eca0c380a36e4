// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import SentenceTokenizers
import SentenceTraining
import SentenceTransformers
import Testing

@Suite("Losses by name, and what they refuse")
struct LossConfigurationTests {
    private static func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch { return "\(error)" }
    }

    @Test(
        "What a configuration gets wrong is named",
        arguments: [
            (
                #""MultipleNegativeRankingLoss""#,
                "there is no loss \"MultipleNegativeRankingLoss\"; did you mean \"MultipleNegativesRankingLoss\"?"
            ),
            (
                "[1]",
                "a loss is a name or an object with a \"name\", found an array; a name is such as \"MultipleNegativesRankingLoss\""
            ),
            (#"{"name": "CoSENTLoss", "scal": 3}"#, "CoSENTLoss has no argument \"scal\"; did you mean \"scale\"?"),
            (
                #"{"name": "CoSENTLoss", "mini_batch_size": 3}"#,
                "CoSENTLoss has no argument \"mini_batch_size\"; it has scale, similarity_fct"
            ),
            (#"{"name": "CoSENTLoss", "scale": "high"}"#, "CoSENTLoss: scale must be a number, found \"high\""),
            (#"{"name": "SoftmaxLoss"}"#, "SoftmaxLoss: num_labels must be a whole number, found nothing"),
            (
                #"{"name": "TripletLoss", "distance_metric": "TripletDistanceMetric.CHEBYSHEV"}"#,
                "TripletLoss: distance_metric must be one of \"COSINE\", \"EUCLIDEAN\", \"MANHATTAN\", found \"TripletDistanceMetric.CHEBYSHEV\""
            ),
            (
                #"{"name": "MatryoshkaLoss", "matryoshka_dims": [4]}"#,
                "MatryoshkaLoss: loss must be a loss, found nothing"
            ),
            (
                #"{"name": "MatryoshkaLoss", "loss": "CoSENTLoss", "matryoshka_dims": [4, 0]}"#,
                "matryoshka_dims must be dimensions above 0, with a weight for each if any; found [4, 0] and 2 weights"
            ),
            (
                #"{"name": "DenoisingAutoEncoderLoss", "tie_encoder_decoder": false}"#,
                "DenoisingAutoEncoderLoss: a decoder of its own needs the decoder_name_or_path of its model and tie_encoder_decoder false; one that shares the model's parameters needs neither"
            ),
            (#"{"name": "GISTEmbedLoss"}"#, "GISTEmbedLoss: guide must be the path of a model, found none"),
        ])
    func wrongConfiguration(text: String, expected: String) throws {
        let configuration = try JSONValue(parsing: text)
        #expect(Self.message { _ = try TrainingLoss(configuration: configuration) } == expected)
    }

    @Test(
        "What does not fit the model is named",
        arguments: [
            (#"{"name": "MultipleNegativesRankingLoss", "scale": 0}"#, "scale is 0.0; it must be above 0"),
            (
                #"{"name": "MatryoshkaLoss", "loss": "CoSENTLoss", "matryoshka_dims": [49]}"#,
                "matryoshka_dims has 49, but the model's embeddings have 48 dimensions"
            ),
            (#""BinaryCrossEntropyLoss""#, "BinaryCrossEntropyLoss trains cross-encoders, found a sentenceTransformer"),
            (
                #"{"name": "DistillKLDivLoss", "temperature": 0}"#,
                "DistillKLDivLoss: temperatures must be above 0, found 0.0"
            ),
        ])
    func wrongModel(text: String, expected: String) throws {
        let model = try ModelPipeline(
            directory: Fixture.url("models/mean"), kind: nil, computePrecision: .float32Highest)
        var loss = try TrainingLoss(configuration: JSONValue(parsing: text)).base
        #expect(Self.message { try loss.prepare(for: model, random: RandomStream(seed: 1, step: 0)) } == expected)
    }

    @Test("What is not known to have layers or a decoder is named")
    func wrongTransformer() throws {
        let sparse = try ModelPipeline(
            directory: Fixture.url("sparse/bert"), kind: nil, computePrecision: .float32Highest)
        var layers = TrainingLoss.adaptiveLayer(.coSENT()).base
        #expect(
            Self.message { try layers.prepare(for: sparse, random: RandomStream(seed: 1, step: 0)) }
                == "AdaptiveLayerLoss trains sentence transformers that begin with a Transformer, found a sparseEncoder with "
                + "Transformer")
        var alone = TrainingLoss.sparseMultipleNegativesRanking().base
        #expect(
            Self.message { try alone.prepare(for: sparse, random: RandomStream(seed: 1, step: 0)) }
                == "SparseMultipleNegativesRankingLoss alone does not keep embeddings sparse; put it inside a SpladeLoss"
        )
        let words = try ModelPipeline(
            directory: Fixture.url("words/static"), kind: nil, computePrecision: .float32Highest)
        var text = TrainingLoss.denoisingAutoEncoder().base
        #expect(
            Self.message { try text.prepare(for: words, random: RandomStream(seed: 1, step: 0)) }
                == "DenoisingAutoEncoderLoss trains sentence transformers that begin with a Transformer, found a "
                + "sentenceTransformer with StaticEmbedding")
    }

    private static let two = [[TokenizerInput]](repeating: ["a", "b", "c"], count: 2)
    private static func labels(_ numbers: [Float], _ shape: [Int]? = nil) -> Tensor {
        Tensor(numbers, shape: shape ?? [numbers.count])
    }

    @Test("Columns and labels that a loss does not take are named")
    func wrongBatch() throws {
        func check(_ name: String, _ batch: LossBatch) throws -> String {
            let loss = try TrainingLoss(configuration: JSONValue(parsing: name)).base
            return Self.message {
                try batch.check(for: loss)
                _ = try loss(batch)
            }
        }
        let x = Tensor([Float](repeating: 1, count: 12), shape: [3, 4])
        let triplet = try check(#""TripletLoss""#, LossBatch(columns: [x, x], texts: Self.two))
        #expect(triplet == "TripletLoss takes 3 columns, found 2")
        let ranking = try check(#""MultipleNegativesRankingLoss""#, LossBatch(columns: [x], texts: [Self.two[0]]))
        #expect(ranking == "MultipleNegativesRankingLoss takes 2 columns or more, found 1")
        let none = try check(#""CoSENTLoss""#, LossBatch(columns: [x, x], texts: Self.two))
        #expect(none == "CoSENTLoss takes one number a row, found no labels")
        let wide = LossBatch(columns: [x, x], labels: Self.labels([1, 2, 3, 4, 5, 6], [3, 2]), texts: Self.two)
        #expect(
            try check(#""CoSENTLoss""#, wide)
                == "CoSENTLoss takes one number for each of 3 rows; found labels of shape [3, 2]")
        let short = LossBatch(columns: [x, x], labels: Self.labels([1, 2]), texts: Self.two)
        #expect(
            try check(#""CoSENTLoss""#, short)
                == "CoSENTLoss takes one number a row, for 3 rows; found labels of shape [2]")
        let half = LossBatch(columns: [x], labels: Self.labels([0, 0.5, 1]), texts: [Self.two[0]])
        #expect(
            try check(#""BatchHardTripletLoss""#, half)
                == "the label of row 1 is 0.5; BatchHardTripletLoss takes whole numbers of 0 or more")
        let teacher = LossBatch(columns: [x], labels: Self.labels([0, 0.5, 1], [3, 1]), texts: [Self.two[0]])
        #expect(
            try check(#""MSELoss""#, teacher)
                == "EmbedDistillLoss takes a teacher's embeddings, that is shape [3, 4], or [3, 1, 4] for each column; "
                + "found labels of shape [3, 1]")
        let margins = LossBatch(
            columns: [x, x, x], labels: Self.labels([0, 0.5, 1, 0, 0, 0, 0, 0, 0], [3, 3]),
            texts: Self.two + [Self.two[0]])
        #expect(
            try check(#""MarginMSELoss""#, margins)
                == "MarginMSELoss takes 1 margins a row, or 2 scores, that is shape [3, 1] or [3, 2]; "
                + "found labels of shape [3, 3]")
    }

    @Test("The classes of a classifier are below its number of labels")
    func classOutOfRange() throws {
        let model = try ModelPipeline(
            directory: Fixture.url("models/mean"), kind: nil, computePrecision: .float32Highest)
        var loss = TrainingLoss.softmax(labelCount: 2).base
        try loss.prepare(for: model, random: RandomStream(seed: 1, step: 0))
        let x = Tensor([Float](repeating: 1, count: 144), shape: [3, 48])
        let batch = LossBatch(columns: [x, x], labels: Self.labels([0, 1, 2]), texts: Self.two)
        #expect(
            Self.message { _ = try loss(batch) }
                == "the label of row 2 is 2.0; SoftmaxLoss takes whole numbers from 0 to 1")
    }

    @Test("What a loss says of itself makes the same loss", arguments: LossCase.all)
    func roundTrip(of loss: LossCase) throws {
        let made = try TrainingLoss(configuration: loss.configuration).base
        let again = try TrainingLoss(configuration: .object(made.configuration)).base
        #expect(again.className == loss.name)
        #expect(again.configuration == made.configuration)
    }

    @Test("What a loss learns begins with numbers that depend on the seed alone")
    func initialValues() throws {
        let model = try ModelPipeline(
            directory: Fixture.url("models/mean"), kind: nil, computePrecision: .float32Highest)
        func classifier(_ seed: UInt64) throws -> [Float] {
            var loss = TrainingLoss.softmax(labelCount: 5).base
            try loss.prepare(for: model, random: RandomStream(seed: seed, step: 0))
            #expect(loss.parameters.map(\.name) == ["classifier.weight", "classifier.bias"])
            return loss.parameters.flatMap { $0.parameter.tensor.floats }
        }
        let first = try classifier(1)
        #expect(try classifier(1) == first)
        #expect(try classifier(2) != first)
        // ±1 / √(3 · 48), spread evenly.
        #expect(first.allSatisfy { abs($0) <= 1.0 / 12 })
        #expect(abs(first.reduce(0, +) / Float(first.count)) < 0.005 && (first.max() ?? 0) > 0.08)
    }

    @Test("A step that takes some dimensions or layers takes them at random, each as often as another")
    func randomChoice() throws {
        let model = try ModelPipeline(
            directory: Fixture.url("models/mean"), kind: nil, computePrecision: .float32Highest)
        var loss = TrainingLoss.adaptiveLayer(.coSENT()).base
        try loss.prepare(for: model, random: RandomStream(seed: 1, step: 0))
        var counts = [0, 0]
        let choose = try #require(loss.embedding.layers)
        for step in 0..<200 {
            let layers = choose(RandomStream(seed: 1, step: step))
            try #require(layers.count == 1 && counts.indices.contains(layers[0]))
            counts[layers[0]] += 1
        }
        #expect(counts.allSatisfy { 60...140 ~= $0 })
    }
}
