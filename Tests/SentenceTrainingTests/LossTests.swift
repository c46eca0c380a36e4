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

@Suite("Losses against the reference")
struct LossTests {
    /// Float32 against float64, of the value.
    private static let valueTolerance = 1e-5
    /// Float32 against float64, of the largest slope; sums of exponentials of scores times 20 or 100 lose a digit.
    private static let slopeTolerance = 2e-5
    /// Three steps of float32 against float64, of elements of about one.
    private static let parameterTolerance = 1e-5

    @Test("There are cases of all losses")
    func coverage() throws {
        let cases = try LossFixture.allCases()
        #expect(cases.count > 110)
        // Those that only go inside another loss.
        let nested = cases.compactMap { $0.configuration.asObject?["loss"]?.asObject?["name"]?.asString }
        let ofRankers = RankerCase.all.map(\.name)
        let missing = Set(TrainingLoss.names).subtracting(cases.map(\.name) + ofRankers).subtracting(nested)
        #expect(missing.isEmpty)
    }

    @Test("Values and slopes are the reference's", arguments: LossCase.all.filter(\.hasValue))
    func values(of loss: LossCase) throws {
        let fixture = try LossFixture.of(loss)
        let model = try ModelPipeline(
            directory: fixture.folder(loss), kind: nil, computePrecision: .float32Highest)
        var made = try loss.loss(for: model)
        try loss.begin(&made, LossFixture.tensors(fixture.values, "\(loss.number).parameter."))
        let columns = try fixture.columns(loss).map { Parameter($0) }
        let texts = fixture.inputs(loss)
        let tokens = try texts.map { texts in
            let input = try model.route(for: nil).input
            return InputBatch.tokens(
                try input.tokenize(texts, maximumLength: input.maximumLength(nil, for: nil), task: nil))
        }
        let own = made.parameters.filter { !$0.name.hasPrefix("model1.") }
        let (value, slopes) = try Execution.with(threads: 2, recordsGradients: true) {
            let batch = LossBatch(
                columns: columns.map(\.value),
                offsets: loss.kind == "late" ? fixture.counts[..<loss.columns].map { TextOffsets(counts: $0) } : [],
                labels: try fixture.labels(loss), texts: texts, inputs: tokens)
            let value = try made(batch)
            return (value, gradients(of: value.total, withRespectTo: columns + own.map(\.parameter)))
        }
        let wanted = try LossFixture.tensors(fixture.values, "\(loss.number).value.")
        #expect(Set(value.parts.map(\.name)) == Set(wanted.keys))
        for part in value.parts {
            #expect(
                relativeDifference(part.value, try #require(wanted[part.name])) <= Self.valueTolerance, "\(part.name)")
        }
        let names = columns.indices.map { "slope.\($0)" } + own.map { "parameter_slope.\($0.name)" }
        let largest = try names.map { try fixture.values.tensor(named: "\(loss.number).\($0)").largest }.max() ?? 0
        for (name, slope) in zip(names, slopes) {
            let expected = try fixture.values.tensor(named: "\(loss.number).\(name)").float32()
            let found = slope?.tensor.reshaped(expected.shape) ?? .zeros(expected.shape)
            #expect(found.distance(to: expected) <= Self.slopeTolerance * max(largest, 1e-6), "\(name)")
        }
    }

    @Test("The weights of what keeps embeddings sparse rise as the reference's")
    func schedule() throws {
        struct Run: Decodable {
            let kind: String, total: Int, ratio: Double, weights: [[Double]]
        }
        let runs = try JSONDecoder().decode(
            [Run].self, from: Data(contentsOf: Fixture.url("sparse_losses/schedule.json")))
        #expect(runs.count == 4)
        for run in runs {
            let schedule = RegularizerSchedule(try #require(.init(rawValue: run.kind)), warmupRatio: run.ratio)
            for isCached in [false, true] {
                let loss = TrainingLoss.splade(
                    documentWeight: 3e-3, queryWeight: 5e-3, schedule: schedule, isCached: isCached)
                for (step, weights) in run.weights.enumerated() {
                    let found = loss.base.scheduled(step: step, of: run.total).scheduledNumbers
                    #expect(found.map(\.name) == ["document_regularizer_weight", "query_regularizer_weight"])
                    for (number, weight) in zip(found, weights) {
                        #expect(abs(Double(number.value) - weight) <= 1e-7 * weight, "\(run.kind) \(step)")
                    }
                }
            }
        }
    }

    @Test("Three steps of AdamW lead where PyTorch's lead", arguments: LossCase.all)
    func steps(with loss: LossCase) throws {
        switch loss.kind {
        case "sparse": try takeSteps(loss, SparseEncoder.self)
        case "late": try takeSteps(loss, MultiVectorEncoder.self)
        case "dense": try takeSteps(loss, SentenceTransformer.self)
        default: try takeSteps(loss, CrossEncoder.self)
        }
    }

    private func takeSteps<Model: BaseModel>(_ loss: LossCase, _: Model.Type) throws {
        let fixture = try LossFixture.of(loss)
        let model = try Model(directory: fixture.folder(loss), computePrecision: .float32Highest)
        var made = try loss.loss(for: model.pipeline)
        try loss.begin(&made, LossFixture.tensors(fixture.after, "\(loss.number).before."))
        var training = TrainableModel(model)
        let own = made.parameters.map(TrainedParameter.init)
        made.update(ParameterValues(own))
        var optimizer = Optimizer.adamW(epsilon: fixture.epsilon).state()
        let step = TrainingStep(seed: 1, dropout: 0, precision: .float32Highest, threads: 2)
        let texts = fixture.inputs(loss)
        let readings = texts.indices.map { column in
            ColumnReading(task: loss.kind == "late" ? (column == 0 ? .query : .document) : nil)
        }
        let trained = training.values + own
        let rates = trained.map { _ in ParameterRate(learningRate: fixture.rate, weightDecay: 0) }
        var last: Float = 0
        var largestSlope = 0.0
        for number in 0..<fixture.steps {
            let batch = TrainingBatch(columns: texts, labels: try fixture.labels(loss))
            let prepared = try PreparedBatch(batch, readings: readings, for: training.pipeline)
            let result = try step(
                prepared, number: number, training.pipeline, made, withRespectTo: trained.map(\.parameter))
            last = result.loss
            largestSlope = max(largestSlope, result.gradients.compactMap { $0?.tensor.largest }.max() ?? 0)
            training.change { _ in optimizer.step(trained, result.gradients, rates, gradientScale: 1) }
            made.update(ParameterValues(trained))
        }
        #expect(
            abs(last - (try fixture.after.tensor(named: "\(loss.number).last").floats[0])) <= 1e-4 * max(1, abs(last)))
        func compare(_ parameters: [NamedParameter], _ name: String) throws {
            let sorted = parameters.sorted { $0.name < $1.name }.map { $0.parameter.tensor.sampled(fixture.samples) }
            let found = Tensor(sorted.flatMap { $0 }, shape: [sorted.reduce(0) { $0 + $1.count }])
            let wanted = try fixture.after.tensor(named: "\(loss.number).\(name)")
            try #require(found.count == wanted.count)
            #expect(found.distance(to: wanted) <= Self.parameterTolerance, "\(name)")
        }
        try compare(training.parameters, "model.all")
        let before = Dictionary(uniqueKeysWithValues: TrainableModel(model).parameters.map { ($0.name, $0.parameter) })
        let moved = try training.parameters.map { named in
            named.parameter.tensor.float32().distance(to: try #require(before[named.name]).tensor)
        }
        // The distances of a batch of one class cancel out.
        let isFlat = largestSlope < 1e-5
        #expect((moved.max() ?? 0) > 20 * Self.parameterTolerance || isFlat, "the steps are too small to tell")
        let copied = made.parameters.filter { $0.name.hasPrefix("model1.") }
        if !copied.isEmpty {
            try compare(copied.map { NamedParameter(String($0.name.dropFirst(7)), $0.parameter) }, "model1.all")
        }
        for named in made.parameters where !named.name.hasPrefix("model1.") {
            // The file of a decoder has the names that older checkpoints give to norms.
            let name = named.name.replacing(".gamma", with: ".weight").replacing(".beta", with: ".bias")
            try compare([named], "after.\(name)")
        }
    }
}

extension Tensor {
    /// The largest absolute element.
    fileprivate var largest: Double { float32().floats.reduce(0) { max($0, abs(Double($1))) } }

    /// The largest difference of two elements.
    fileprivate func distance(to other: Tensor) -> Double {
        zip(floats, other.float32().floats).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
    }

    /// Elements at equal distances, of which there are at most so many.
    fileprivate func sampled(_ count: Int) -> [Float] {
        let elements = float32().floats
        return stride(from: 0, to: elements.count, by: max(1, (elements.count + count - 1) / count)).map {
            elements[$0]
        }
    }
}

/// The difference of two numbers, relative to the second.
private func relativeDifference(_ found: Tensor, _ wanted: Tensor) -> Double {
    found.distance(to: wanted.reshaped(found.shape)) / max(1e-6, wanted.largest)
}
