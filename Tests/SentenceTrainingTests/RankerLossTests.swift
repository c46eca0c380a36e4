// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import SentenceTokenizers
import SentenceTraining
import SentenceTransformers
import Testing

/// What the reference found for the losses of cross-encoders, and where its optimizer led with them.
private struct RankerFixture: Decodable {
    static let file = Result { try RankerFixture.load() }

    let texts: [[String]]
    let counts: [Int]
    let model: String
    let rate: Float
    let epsilon: Float
    let steps: Int
    let samples: Int

    static func load() throws -> RankerFixture {
        try JSONDecoder().decode(RankerFixture.self, from: Data(contentsOf: Fixture.url("ranker_losses/cases.json")))
    }

    static func tensors(_ name: String) throws -> Checkpoint {
        try Checkpoint(file: Fixture.url("ranker_losses/\(name).safetensors"))
    }

    /// The pairs of a case: columns of documents, or all documents of the queries.
    func batch(_ ranker: RankerCase, labels: Tensor?) -> TrainingBatch {
        if let columns = ranker.columns {
            return TrainingBatch(
                columns: texts[1...columns].map { column in
                    zip(texts[0], column).map { TokenizerInput($0, pair: $1) }
                }, labels: labels)
        }
        let pairs = counts.enumerated().flatMap { row, count in
            (0..<count).map { TokenizerInput(texts[0][row], pair: texts[1 + $0][row]) }
        }
        return TrainingBatch(columns: [pairs], labels: labels, listCounts: counts)
    }
}

/// A loss with arguments, and what it takes.
struct RankerCase: Sendable, CustomTestStringConvertible {
    let number: Int
    let configuration: JSONValue
    let columns: Int?

    var name: String { configuration.asObject?["name"]?.asString ?? "" }
    var testDescription: String { "\(number) \(name)" }

    static let all: [RankerCase] = {
        let file = Fixture.url("ranker_losses/cases.json")
        let json = try? JSONValue(parsing: String(contentsOf: file, encoding: .utf8))
        return (json?.asObject?["cases"]?.asArray ?? []).enumerated().compactMap { number, value in
            guard let value = value.asObject, let loss = value["loss"] else { return nil }
            return RankerCase(number: number, configuration: loss, columns: value["columns"]?.asInt)
        }
    }()

    func loss(for model: CrossEncoder) throws -> any Loss {
        var loss = try TrainingLoss(configuration: configuration, for: .crossEncoder).base
        try loss.prepare(for: model.pipeline, random: RandomStream(seed: 1, step: 0))
        return loss
    }
}

@Suite("Losses of cross-encoders against the reference")
struct RankerLossTests {
    /// Float32 against float64, of the value and of the largest slope; a loss that is nearly zero has lost digits.
    private static let tolerance = 1e-5
    /// Three steps of float32 against float64, of elements of about one.
    private static let parameterTolerance = 1e-5

    private static func model() throws -> CrossEncoder {
        try CrossEncoder(
            directory: Fixture.url(RankerFixture.file.get().model), computePrecision: .float32Highest)
    }

    private static func labels(_ ranker: RankerCase, _ values: Checkpoint) throws -> Tensor? {
        let name = "\(ranker.number).labels"
        return values.contains(name) ? try values.tensor(named: name).float32() : nil
    }

    @Test("There are cases of all losses")
    func coverage() throws {
        let names = Set(RankerCase.all.map(\.name))
        #expect(
            names.isSuperset(of: [
                "ADRMSELoss", "CachedMultipleNegativesRankingLoss", "LambdaLoss", "ListMLELoss", "ListNetLoss",
                "MSELoss",
                "MarginMSELoss", "MultipleNegativesRankingLoss", "PListMLELoss", "RankNetLoss",
            ]))
        #expect(RankerCase.all.count > 35)
    }

    @Test("A discount of one's own takes the place of the usual one")
    func rankDiscount() throws {
        let scores: [Double] = [0.5, -1, 2, 0.25, 1]
        let batch = LossBatch(
            columns: [Tensor(scores.map { Float($0) }, shape: [5, 1])],
            labels: Tensor([3, 2, 1, 1, 0], shape: [5]), listCounts: [3, 2], texts: [])
        func value(_ discount: (@Sendable (Int, Int) -> Float)?) throws -> Double {
            try Execution.with(threads: 1) {
                Double(try TrainingLoss.pListMLE(rankDiscount: discount).base(batch).total.floats[0])
            }
        }
        func expected(_ weight: (Int, Int) -> Double) -> Double {
            [Array(scores[..<3]), Array(scores[3...])].map { list in
                let weights = list.indices.map { weight($0 + 1, list.count) }, sum = weights.reduce(0, +)
                return list.indices.reduce(0) { total, rank in
                    let tail = log(list[rank...].reduce(0) { $0 + exp($1) })
                    return total - weights[rank] / sum * (list[rank] - tail)
                }
            }.reduce(0, +) / 2
        }
        #expect(
            try abs(value { rank, _ in 1 / Float(rank) } - expected { rank, _ in 1 / Double(rank) }) <= Self.tolerance)
        let usual = expected { rank, count in exp2(Double(count - rank)) - 1 }
        #expect(try abs(value(nil) - usual) <= Self.tolerance)
        #expect(try abs(value { exp2(Float($1 - $0)) - 1 } - usual) <= Self.tolerance)
    }

    @Test("Values and slopes are the reference's", arguments: RankerCase.all)
    func values(of ranker: RankerCase) throws {
        let fixture = try RankerFixture.file.get(), values = try RankerFixture.tensors("values")
        let loss = try ranker.loss(for: Self.model())
        let scores = Parameter(try values.tensor(named: "scores").float32())
        let documents = fixture.texts.dropFirst().flatMap { $0 }
        let batch = loss.pairing(
            fixture.batch(ranker, labels: try Self.labels(ranker, values)), random: RandomStream(seed: 3, step: 0))
        let places = try batch.columns.map { column in
            try column.map { pair in
                let query = try #require(fixture.texts[0].firstIndex(of: pair.text))
                return query * documents.count + (try #require(documents.firstIndex(of: pair.pair ?? "")))
            }
        }
        let (value, slopes) = try Execution.with(threads: 2, recordsGradients: true) {
            let columns = places.map { scores.value.gatheringElements($0).reshaped([$0.count, 1]) }
            let value = try loss(
                LossBatch(columns: columns, labels: batch.labels, listCounts: batch.listCounts, texts: batch.columns))
            return (value.total, gradients(of: value.total, withRespectTo: [scores]))
        }
        let wanted = try values.tensor(named: "\(ranker.number).value").floats[0]
        #expect(abs(value.floats[0] - wanted) <= Float(Self.tolerance) * max(1e-3, abs(wanted)))
        let expected = try values.tensor(named: "\(ranker.number).slopes").floats.map(Double.init)
        let found = slopes[0]?.tensor.floats.map(Double.init) ?? [Double](repeating: 0, count: expected.count)
        let largest = expected.reduce(1e-6) { max($0, abs($1)) }
        for (a, b) in zip(found, expected) { #expect(abs(a - b) <= Self.tolerance * largest, "\(a) \(b)") }
    }

    @Test("Three steps of AdamW lead where PyTorch's lead", arguments: RankerCase.all)
    func steps(with ranker: RankerCase) throws {
        let fixture = try RankerFixture.file.get(), after = try RankerFixture.tensors("steps")
        let model = try Self.model(), loss = try ranker.loss(for: model)
        let labels = try Self.labels(ranker, RankerFixture.tensors("values"))
        var training = TrainableModel(model)
        var optimizer = Optimizer.adamW(epsilon: fixture.epsilon).state()
        let step = TrainingStep(seed: 1, dropout: 0, precision: .float32Highest, threads: 2)
        let rates = training.values.map { _ in ParameterRate(learningRate: fixture.rate, weightDecay: 0) }
        var last: Float = 0
        for number in 0..<fixture.steps {
            let batch = loss.pairing(fixture.batch(ranker, labels: labels), random: RandomStream(seed: 3, step: number))
            let prepared = try PreparedBatch(batch, readings: [ColumnReading()], for: training.pipeline)
            let result = try step(
                prepared, number: number, training.pipeline, loss, withRespectTo: training.values.map(\.parameter))
            last = result.loss
            let values = training.values
            training.change { _ in optimizer.step(values, result.gradients, rates, gradientScale: 1) }
        }
        let wanted = try after.tensor(named: "\(ranker.number).last").floats[0]
        #expect(abs(last - wanted) <= 1e-4 * max(1, abs(wanted)))
        let found = training.parameters.sorted { $0.name < $1.name }.flatMap { named in
            let elements = named.parameter.tensor.float32().floats
            let distance = max(1, (elements.count + fixture.samples - 1) / fixture.samples)
            return stride(from: 0, to: elements.count, by: distance).map { elements[$0] }
        }
        let expected = try after.tensor(named: "\(ranker.number).all").floats
        try #require(found.count == expected.count)
        let difference = zip(found, expected).reduce(0.0) { max($0, abs(Double($1.0) - Double($1.1))) }
        #expect(difference <= Self.parameterTolerance)
    }

    @Test("Random documents of other rows, each once, whichever thread draws them")
    func negatives() throws {
        let fixture = try RankerFixture.file.get()
        let configuration = JSONValue.object(["name": "MultipleNegativesRankingLoss", "num_negatives": 3])
        let loss = try TrainingLoss(configuration: configuration, for: .crossEncoder).base
        let batch = fixture.batch(RankerCase(number: 0, configuration: configuration, columns: 2), labels: nil)
        let paired = loss.pairing(batch, random: RandomStream(seed: 3, step: 0))
        #expect(paired.columns.count == 5)
        #expect(paired.columns[0] == batch.columns[0] && paired.columns[4] == batch.columns[1])
        var seen = Set<[String]>()
        for row in fixture.texts[0].indices {
            let drawn = paired.columns[1...3].map { $0[row] }
            #expect(drawn.allSatisfy { $0.text == fixture.texts[0][row] })
            let documents = drawn.compactMap(\.pair)
            #expect(Set(documents).count == 3)
            #expect(!documents.contains(fixture.texts[1][row]) && !documents.contains(fixture.texts[2][row]))
            seen.insert(documents)
        }
        #expect(seen.count > 3)
        #expect(loss.pairing(batch, random: RandomStream(seed: 3, step: 0)).columns == paired.columns)
        #expect(loss.pairing(batch, random: RandomStream(seed: 3, step: 1)).columns != paired.columns)
    }
}
