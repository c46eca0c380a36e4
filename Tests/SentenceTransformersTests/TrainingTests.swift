// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Gradients and steps of whole models against PyTorch")
struct TrainingTests {
    /// Ten layers of float32 against float64, of the largest element of all gradients.
    private static let gradientTolerance = 1e-5
    /// Ten steps of float32 against float64, of elements of about one.
    private static let parameterTolerance = 1e-5
    private static let stepCount = 10
    /// The first texts of late interaction are queries, the others documents.
    private static let queryCount = 3

    private static let folders = [
        "models/mean", "modules/layers", "modules/lstm", "words/cnn", "words/static", "sparse/bert", "sparse/log",
        "sparse/sum", "sparse/untied", "sparse/autoencoder", "sparse/autoencoder_normalized", "cross_encoders/bert",
        "vectors/mpnet",
    ]

    private static func expected(_ folder: String) throws -> Checkpoint {
        let name = folder.replacing("/", with: "_")
        return try Checkpoint(file: Fixture.url("training/\(name).safetensors"))
    }

    /// What the loss looks at.
    private static func results(_ features: Features, _ kind: ModelKind) throws -> Tensor {
        var features = features
        switch kind {
        case .sentenceTransformer, .sparseEncoder: return try #require(features.sentenceEmbedding)
        case .crossEncoder: return try #require(features.scores)
        case .multiVectorEncoder:
            features.dropUnkeptTokens()
            let vectors = try #require(features.tokenEmbeddings)
            let texts = (0..<features.texts.count).map { vectors.rowRange(features.texts[$0]) }
            return .maxSim(Array(texts[..<queryCount]), Array(texts[queryCount...]), emptyScore: 0)
        }
    }

    private static func inputs(_ kind: ModelKind) throws -> [TokenizerInput] {
        let fixture = try ModelFixture("mean")
        return kind == .crossEncoder ? fixture.pairs : fixture.texts.map { TokenizerInput($0) }
    }

    @Test("Gradients of all parameters are PyTorch's", arguments: folders)
    func gradientsOfModel(folder: String) throws {
        let pipeline = try ModelPipeline(
            directory: Fixture.url(folder), kind: nil, computePrecision: .float32Highest)
        let expected = try Self.expected(folder)
        let parameters = pipeline.parameters.distinct.filter { !$0.isFrozen }
        let found = try Execution.with(threads: 2, recordsGradients: true) {
            let route = try pipeline.route(for: nil)
            let tokens = try route.input.tokenize(
                Self.inputs(pipeline.kind), maximumLength: route.input.maximumLength(nil, for: nil), task: nil)
            var features = Features(.tokens(tokens))
            try route(&features)
            let results = try Self.results(features, pipeline.kind)
            let seed = try expected.tensor(named: "seed").float32()
            return gradients(
                of: results, seed: seed.reshaped(results.shape), withRespectTo: parameters.map(\.parameter))
        }
        let wanted = try parameters.map { try expected.tensor(named: "gradient.\($0.name)").float32() }
        let largest = wanted.joinedFloats.reduce(0) { max($0, abs(Double($1))) }
        #expect(largest > 0)
        for (parameter, (gradient, wanted)) in zip(parameters, zip(found, wanted)) {
            let gradient = gradient?.tensor ?? .zeros(wanted.shape)
            #expect(gradient.shape == wanted.shape, "\(parameter.name)")
            #expect(largestDifference(gradient, wanted) <= Self.gradientTolerance * largest, "\(parameter.name)")
        }
    }

    /// Takes the steps with a model of some kind, and compares what it has learned.
    private static func takeSteps<Model: BaseModel>(_ folder: String, _: Model.Type) throws -> Model {
        let model = try Model(directory: Fixture.url(folder), computePrecision: .float32Highest)
        let expected = try expected(folder)
        let seed = try expected.tensor(named: "seed").float32()
        let rate = try expected.tensor(named: "rate").floats[0], inputs = try inputs(Model.kind)
        var training = TrainableModel(model)
        for _ in 0..<stepCount {
            try training.step { model in
                let parameters = model.parameters
                let slopes = try Execution.with(threads: 2, recordsGradients: true) {
                    let results = try results(model.features(of: inputs), Model.kind)
                    let difference = results + -1 * seed.reshaped(results.shape)
                    let loss = (1 / Float(results.count)) * (difference * difference).sum()
                    return gradients(of: loss, withRespectTo: parameters.map(\.parameter))
                }
                var values = ParameterValues()
                for (named, slope) in zip(parameters, slopes) {
                    guard let slope else { continue }
                    values[named.parameter] = named.parameter.tensor.float32() + -rate * slope.tensor
                }
                return values
            }
        }
        var moved = 0.0
        let before = Dictionary(uniqueKeysWithValues: TrainableModel(model).parameters.map { ($0.name, $0.parameter) })
        for named in training.parameters {
            let wanted = try expected.tensor(named: "after.\(named.name)").float32()
            let found = named.parameter.tensor.float32()
            #expect(largestDifference(found, wanted) <= parameterTolerance, "\(named.name)")
            moved = max(moved, largestDifference(found, try #require(before[named.name]).tensor.float32()))
        }
        #expect(moved > 100 * parameterTolerance, "the steps are too small to tell")
        return try training.finish()
    }

    @Test("Ten steps of gradient descent lead where PyTorch's lead, and the model is used and saved as any other")
    func steps() throws {
        let texts = try ModelFixture("mean").texts, pairs = try ModelFixture("mean").pairs
        let folder = try TemporaryFolder()
        func load<Model: BaseModel>(_ model: Model, _ name: String) throws -> Model {
            try model.save(to: folder.url.appending(path: name))
            try SavedModels.keep(model, "training/\(name)")
            return try Model(directory: folder.url.appending(path: name), computePrecision: .float32Highest)
        }
        let dense = try Self.takeSteps("models/mean", SentenceTransformer.self)
        #expect(try load(dense, "dense").encode(texts) == dense.encode(texts))
        let sparse = try Self.takeSteps("sparse/bert", SparseEncoder.self)
        #expect(try load(sparse, "sparse").encode(texts) == sparse.encode(texts))
        let reranker = try Self.takeSteps("cross_encoders/bert", CrossEncoder.self)
        #expect(try load(reranker, "reranker").predict(pairs) == reranker.predict(pairs))
        let late = try Self.takeSteps("vectors/mpnet", MultiVectorEncoder.self)
        #expect(try load(late, "late").encode(texts) == late.encode(texts))
    }

    @Test("A model that training began with stays as it is")
    func holders() throws {
        let fixture = try ModelFixture("mean")
        let model = try fixture.load()
        let before = try model.encode(fixture.texts)
        var training = TrainableModel(model)
        training.step { model in
            var values = ParameterValues()
            for named in model.parameters {
                values[named.parameter] = 0.5 * named.parameter.tensor.float32()
            }
            return values
        }
        #expect(try model.encode(fixture.texts) == before)
        #expect(try training.finish().encode(fixture.texts) != before)
    }

    @Test(
        "Every parameter of every module takes another value, is saved with it, and is read again", arguments: folders)
    func updates(folder: String) throws {
        let saved = try TemporaryFolder()
        let pipeline = try ModelPipeline(
            directory: Fixture.url(folder), kind: nil, computePrecision: .float32Highest)
        var changed = pipeline
        var values = ParameterValues()
        for named in pipeline.parameters.distinct {
            let elements = named.parameter.tensor.float32().floats.enumerated().map { $1 * (1 + Float($0 % 7) / 100) }
            values[named.parameter] = Tensor(elements, shape: named.parameter.tensor.shape)
        }
        changed.update(values)
        try changed.save(pipeline.kind, to: saved.url)
        let read = try ModelPipeline(directory: saved.url, kind: pipeline.kind, computePrecision: .float32Highest)
        for (found, wanted) in zip(read.parameters.distinct, pipeline.parameters.distinct) {
            #expect(found.name == wanted.name)
            #expect(
                try found.parameter.tensor.float32().floats == #require(values[wanted.parameter]).floats,
                "\(found.name)")
        }
        func results(_ pipeline: ModelPipeline) throws -> [Float] {
            let route = try pipeline.route(for: nil)
            let tokens = try route.input.tokenize(Self.inputs(pipeline.kind), maximumLength: 24, task: nil)
            var features = Features(.tokens(tokens))
            try Execution.with(threads: 2) { try route(&features) }
            return try Self.results(features, pipeline.kind).floats
        }
        #expect(try results(changed) == results(read))
        #expect(try results(changed) != results(pipeline))
    }
}

extension [Tensor] {
    fileprivate var joinedFloats: some Sequence<Float> { lazy.map(\.floats).joined() }
}
