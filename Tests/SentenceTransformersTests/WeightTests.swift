// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Models of several models, and weights of other types")
struct WeightTests {
    /// Half a unit in the last place of 8 digits, carried through four layers of a tiny model.
    private static let bfloat16Tolerance = 0.02
    /// The same of 11 digits.
    private static let float16Tolerance = 0.003

    /// The models of a fixture and of one that training has changed.
    private static func two() throws -> (SentenceTransformer, SentenceTransformer) {
        let model = try ModelFixture("mean").load()
        var training = TrainableModel(model)
        training.step { model in
            var values = ParameterValues()
            for (index, named) in model.parameters.enumerated() {
                let shape = named.parameter.tensor.shape
                let random = Tensor.uniform(shape, bound: 0.3, RandomStream(seed: 5, step: index))
                values[named.parameter] = named.parameter.tensor.float32() + random
            }
            return values
        }
        return (model, try training.finish())
    }

    private static func numbers(_ model: some BaseModel) -> [[Float]] {
        model.pipeline.parameters.map { $0.parameter.tensor.float32().floats }
    }

    @Test("A linear merge is the weighted mean of all tensors")
    func linear() throws {
        let (a, b) = try Self.two(), texts = try ModelFixture("mean").texts
        let merged = try mergeModels([a, b], by: .linear(weights: [3, 1]))
        for (found, (a, b)) in zip(Self.numbers(merged), zip(Self.numbers(a), Self.numbers(b))) {
            let wanted = zip(a, b).map { 0.75 * Double($0) + 0.25 * Double($1) }
            #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) <= 1e-6 })
        }
        #expect(try mergeModels([a, a]).encode(texts) == a.encode(texts))
        #expect(try merged.encode(texts) != a.encode(texts))
    }

    @Test("Slerp keeps the angle's share between tensors, and its ends are the models")
    func slerp() throws {
        let (a, b) = try Self.two()
        let merged = try mergeModels([a, b], by: .slerp(fraction: 0.25))
        var circles = 0
        for (found, (a, b)) in zip(Self.numbers(merged), zip(Self.numbers(a), Self.numbers(b))) {
            func dot(_ a: [Float], _ b: [Float]) -> Double { zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) } }
            let cosine = dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
            guard abs(cosine) <= 0.9995 else { continue }
            circles += 1
            let angle = acos(cosine)
            let wanted = zip(a, b).map {
                (sin(0.75 * angle) * Double($0) + sin(0.25 * angle) * Double($1)) / sin(angle)
            }
            #expect(zip(found, wanted).allSatisfy { abs(Double($0) - $1) <= 1e-5 })
        }
        #expect(circles > 3)
        #expect(try largest(mergeModels([a, b], by: .slerp(fraction: 0)), a) <= 1e-6)
        #expect(try largest(mergeModels([a, b], by: .slerp(fraction: 1)), b) <= 1e-6)
    }

    private func largest(_ a: SentenceTransformer, _ b: SentenceTransformer) -> Double {
        zip(Self.numbers(a), Self.numbers(b)).reduce(0) { largest, pair in
            zip(pair.0, pair.1).reduce(largest) { max($0, abs(Double($1.0) - Double($1.1))) }
        }
    }

    @Test("Models that differ, and numbers that do not fit, are refused by name")
    func refusals() throws {
        let (a, b) = try Self.two()
        func refusal(_ models: [SentenceTransformer], _ method: MergeMethod = .linear()) -> String {
            errorText { try mergeModels(models, by: method) }
        }
        #expect(refusal([a]).contains("2 or more"))
        #expect(refusal([a, b], .linear(weights: [1])).contains("1 weights"))
        #expect(refusal([a, b], .linear(weights: [1, -1])).contains("positive sum"))
        #expect(refusal([a, b], .slerp(fraction: 2)).contains("0 to 1"))
        #expect(refusal([a, b, a], .slerp()).contains("linear"))
        #expect(try refusal([a, ModelFixture("prompts").load()]).contains("cannot be merged"))
        let roberta = try SentenceTransformer(directory: Fixture.url("architectures/roberta"))
        let xlm = try SentenceTransformer(directory: Fixture.url("architectures/xlm_roberta"))
        #expect(refusal([roberta, xlm]).contains("cannot be merged"))
        #expect(try refusal([a, a.addingAdapter()]).contains("adapter"))
    }

    @Test("Weights of 16 bits are saved, loaded and close to what they were", arguments: WeightType.allCases)
    func types(type: WeightType) throws {
        let fixture = try ModelFixture("mean"), model = try fixture.load()
        let converted = try model.convertingWeights(to: type)
        let folder = try TemporaryFolder()
        try converted.save(to: folder.url)
        let loaded = try SentenceTransformer(directory: folder.url, computePrecision: .float32Highest)
        #expect(
            loaded.pipeline.parameters.allSatisfy { "\($0.parameter.tensor.elementType)".lowercased() == type.rawValue }
        )
        #expect(try loaded.encode(fixture.texts) == converted.encode(fixture.texts))
        let tolerance: Double =
            switch type {
            case .float32: 0
            case .float16: Self.float16Tolerance
            case .bfloat16: Self.bfloat16Tolerance
            }
        #expect(try largestDifference(converted.encode(fixture.texts), model.encode(fixture.texts)) <= tolerance)
        let config = try String(contentsOf: folder.url.appending(path: "config.json"), encoding: .utf8)
        #expect(config.contains("\"dtype\": \"\(type.rawValue)\""))
        let reranker = try CrossEncoder(directory: Fixture.url("cross_encoders/bert"))
        #expect(try reranker.convertingWeights(to: type).pipeline.kind == .crossEncoder)
    }

    @Test("A number too large for float16 is refused by its tensor's name")
    func overflow() throws {
        var training = TrainableModel(try ModelFixture("mean").load())
        training.step { model in
            var values = ParameterValues()
            let parameter = model.parameters[3].parameter
            values[parameter] = Tensor(shape: parameter.tensor.shape) { $0.initialize(repeating: 70000) }
            return values
        }
        let name = training.parameters[3].name, model = try training.finish()
        #expect(errorText { try model.convertingWeights(to: .float16) }.contains(name))
        #expect(try model.convertingWeights(to: .bfloat16).parameterCount == model.parameterCount)
    }
}

@Suite("Models with fewer tokens")
struct VocabularyTests {
    private static let folders = [
        "models/mean", "architectures/roberta", "architectures/xlm_roberta", "architectures/modernbert",
        "architectures/t5", "architectures/qwen3", "architectures/camembert", "words/static",
    ]

    @Test("Texts whose tokens are kept have the same bits, in fewer rows", arguments: folders)
    func truncation(folder: String) throws {
        let model = try SentenceTransformer(
            directory: Fixture.url(folder), computePrecision: .float32Highest)
        let texts = [
            "it is so sunny outside", "the man plays guitar, eating pasta", "Wie viele Menschen leben in Zürich?",
        ]
        let target = try TemporaryFolder()
        let left = try model.saveWithVocabulary(of: texts, to: target.url)
        let before = try #require(model.tokenizer).vocabularySize
        #expect(left < before)
        let small = try SentenceTransformer(directory: target.url, computePrecision: .float32Highest)
        try SavedModels.keep(small, "truncated/\(folder.split(separator: "/")[1])")
        #expect(small.tokenizer?.vocabularySize == left)
        #expect(small.parameterCount < model.parameterCount)
        #expect(try small.encode(texts) == model.encode(texts))
        #expect(
            try small.tokenize(texts.map { TokenizerInput($0) }, maximumLength: nil).offsets
                == model.tokenize(texts.map { TokenizerInput($0) }, maximumLength: nil).offsets)
        // Others are made of what is left.
        #expect(try small.encode(["北京天气很好", "zzz qqq"]).rows == 2)
        #expect(
            errorText { try model.saveWithVocabulary(of: texts, minimumCount: 0, to: target.url) }.contains(
                "minimumCount"))
    }

    @Test("A sparse model keeps a dimension for each token, with its numbers")
    func sparse() throws {
        let model = try SparseEncoder(directory: Fixture.url("sparse/bert"), computePrecision: .float32Highest)
        let target = try TemporaryFolder()
        let text = "it is so sunny outside"
        try model.saveWithVocabulary(of: [text], to: target.url)
        let small = try SparseEncoder(directory: target.url, computePrecision: .float32Highest)
        func words(_ model: SparseEncoder) throws -> [String: Float] {
            Dictionary(uniqueKeysWithValues: model.decode(try model.encode(text)).map { ($0.token, $0.weight) })
        }
        let (all, kept) = (try words(model), try words(small))
        #expect(!kept.isEmpty && kept.count < all.count)
        #expect(kept.allSatisfy { all[$0.key] == $0.value })
    }

    @Test("Modules that depend on ids are refused by name")
    func refusals() throws {
        let late = try MultiVectorEncoder(directory: Fixture.url("vectors/pylate"))
        let target = try TemporaryFolder()
        #expect(errorText { try late.saveWithVocabulary(of: ["a"], to: target.url) }.contains("MultiVectorMask"))
    }
}
