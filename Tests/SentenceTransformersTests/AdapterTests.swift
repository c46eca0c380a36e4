// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("LoRA adapters against the reference and PEFT")
struct AdapterTests {
    /// Ten layers of float32 against float64; the issue's bound for embeddings.
    private static let tolerance = 1e-5
    /// Of the largest element of all gradients.
    private static let gradientTolerance = 1e-5

    private static let names = [
        "standard", "all_linear", "patterns", "distances", "t5", "decoder", "sparse", "reranker", "reranker_dense",
    ]

    private static func folder(_ name: String) -> URL { Fixture.url("adapters/\(name)") }

    private static func base(_ name: String) throws -> URL {
        let config = try ModelConfig(url: folder(name).appending(path: "adapter_config.json"))
        return Fixture.url(try config.string("base_model_name_or_path"))
    }

    private static func expected() throws -> Checkpoint {
        try Checkpoint(file: Fixture.url("adapters/expected.safetensors"))
    }

    private static func features(_ pipeline: ModelPipeline) throws -> Tensor {
        let fixture = try ModelFixture("mean")
        let isReranker = pipeline.kind == .crossEncoder
        let route = try pipeline.route(for: nil)
        let tokens = try route.input.tokenize(
            isReranker ? fixture.pairs : fixture.texts.map { TokenizerInput($0) },
            maximumLength: route.input.maximumLength(nil, for: nil), task: nil)
        var features = Features(.tokens(tokens))
        try route(&features)
        return try #require(isReranker ? features.scores : features.sentenceEmbedding)
    }

    private static func results(_ model: some BaseModel) throws -> Tensor {
        try Execution.with(threads: 2) { try features(model.pipeline) }
    }

    /// Runs `body` with the model of an adapter's base.
    private static func withBase(_ name: String, _ body: (any BaseModel) throws -> Void) throws {
        let base = try base(name)
        switch try ModelKind(ofModelIn: base) {
        case .crossEncoder: try body(CrossEncoder(directory: base, computePrecision: .float32Highest))
        case .sparseEncoder: try body(SparseEncoder(directory: base, computePrecision: .float32Highest))
        default: try body(SentenceTransformer(directory: base, computePrecision: .float32Highest))
        }
    }

    private static func check(_ model: some BaseModel, _ name: String) throws {
        let wanted = try expected().tensor(named: "\(name).results").float32()
        let difference = try largestDifference(results(model), wanted)
        #expect(difference <= tolerance, "\(name)")
    }

    @Test(
        "An adapter that PEFT wrote gives the reference's results, beside the weights, merged, and saved again",
        arguments: names)
    func results(name: String) throws {
        let temporary = try TemporaryFolder()
        func run(_ base: some BaseModel) throws {
            let before = try Self.results(base)
            let wanted = try Self.expected().tensor(named: "\(name).results").float32()
            #expect(largestDifference(before, wanted) > 100 * Self.tolerance, "the adapter changes nothing")
            let model = try base.loadingAdapter(from: Self.folder(name))
            try Self.check(model, name)
            #expect(throws: SentenceTransformersError.self) { try model.loadingAdapter(from: Self.folder(name)) }
            let merged = try model.mergingAdapter()
            #expect(merged.adapter == nil)
            try Self.check(merged, name)
            #expect(try Self.results(model.removingAdapter()).floats == before.floats)
            #expect(try Self.results(base).floats == before.floats)
            // The folder of an adapter names its base, and is a model like any other.
            let saved = temporary.url.appending(path: name)
            try model.save(to: saved)
            #expect(!FileManager.default.fileExists(atPath: saved.appending(path: "model.safetensors").path))
            try SavedModels.keep(model, "adapters/\(name)")
            try SavedModels.keep(merged, "merged/\(name)")
            let config = saved.appending(path: "adapter_config.json")
            var text = try String(contentsOf: config, encoding: .utf8)
            let path = try Self.base(name).path
            text = text.replacing(String(path.suffix(path.count - Fixture.url("").path.count - 1)), with: path)
            try Data(text.utf8).write(to: config)
            let loaded = try type(of: base).init(directory: saved, computePrecision: .float32Highest)
            #expect(loaded.adapter == model.adapter)
            #expect(try Self.results(loaded).floats == Self.results(model).floats)
        }
        try Self.withBase(name) { try run($0) }
    }

    @Test("Gradients of an adapter are PyTorch's, and nothing else has any", arguments: names)
    func gradientsOfAdapter(name: String) throws {
        let expected = try Self.expected()
        func run(_ base: some BaseModel) throws {
            let pipeline = try base.loadingAdapter(from: Self.folder(name)).pipeline
            let learning = pipeline.parameters.distinct.filter { !$0.isFrozen }
            let found = try Execution(
                kernels: .best, precision: .float32Highest, threads: 2, recordsGradients: true
            ).learning(learning.map(\.parameter)) {
                let results = try Self.features(pipeline)
                let seed = Tensor((0..<results.count).map { Float(sin(Double($0))) }, shape: results.shape)
                return gradients(of: results, seed: seed, withRespectTo: pipeline.parameters.map(\.parameter))
            }
            var compared = 0, largest = 0.0
            let keys = expected.names.filter { $0.hasPrefix("\(name).base") }
            for key in keys {
                largest = max(largest, try expected.tensor(named: key).floats.map { abs(Double($0)) }.max() ?? 0)
            }
            for (named, gradient) in zip(pipeline.parameters, found) {
                guard let learned = learning.first(where: { $0.name == named.name }) else {
                    #expect(gradient == nil, "\(named.name)")
                    continue
                }
                let own = learned.name.dropFirst(2)
                guard
                    let key = keys.first(where: {
                        $0.hasSuffix(".\(own)") || own.hasSuffix($0.dropFirst("\(name).base_model.model.".count))
                    })
                else {
                    Issue.record("no gradient of \(own) was recorded")
                    continue
                }
                let wanted = try expected.tensor(named: key).float32()
                let difference = largestDifference(try #require(gradient).tensor, wanted) / largest
                #expect(difference <= Self.gradientTolerance, "\(own)")
                compared += 1
            }
            #expect(compared == keys.count && compared > 0)
        }
        try Self.withBase(name) { try run($0) }
    }

    @Test("A new adapter changes nothing before it is trained, and can be saved by the name of its base")
    func newAdapter() throws {
        let fixture = try ModelFixture("mean"), base = try fixture.load()
        var options = LoRAOptions(rank: 16, alpha: 32, dropout: 0.1)
        let model = try base.addingAdapter(options)
        #expect(try model.encode(fixture.texts) == base.encode(fixture.texts))
        options.targets = .modules(["query", "value"])
        #expect(model.adapter == options)
        #expect(model.parameterCount > base.parameterCount)
        let folder = try TemporaryFolder()
        try model.save(to: folder.url)
        let loaded = try SentenceTransformer(directory: folder.url, computePrecision: .float32Highest)
        #expect(loaded.adapter == options)
        #expect(try loaded.encode(fixture.texts) == base.encode(fixture.texts))
        options.targets = .allLinear
        let wide = try base.addingAdapter(options)
        #expect(wide.parameterCount > model.parameterCount)
        for targets in [LoRAOptions.Targets.modules(["quary"]), .pattern("("), .pattern("nothing")] {
            options.targets = targets
            #expect(throws: SentenceTransformersError.self) { try base.addingAdapter(options) }
        }
    }

    @Test("Adapters of other kinds, for other models or in pieces are refused by name")
    func refusals() throws {
        let base = try ModelFixture("mean").load()
        let temporary = try TemporaryFolder()
        func changed(_ name: String, _ old: String, _ new: String) throws -> URL {
            let folder = temporary.url.appending(path: name)
            try FileManager.default.copyItem(at: Self.folder("standard"), to: folder)
            let file = folder.appending(path: "adapter_config.json")
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.contains(old))
            try Data(text.replacing(old, with: new).utf8).write(to: file)
            return folder
        }
        func refusal(_ folder: URL) -> String { errorText { try base.loadingAdapter(from: folder) } }
        #expect(try refusal(changed("kind", #""LORA""#, #""LOHA""#)).contains("peft_type"))
        #expect(try refusal(changed("dora", #""use_dora": false"#, #""use_dora": true"#)).contains("use_dora"))
        #expect(
            try refusal(changed("start", #""init_lora_weights": false"#, #""init_lora_weights": "pissa""#)).contains(
                "init_lora_weights"))
        #expect(try refusal(changed("bias", #""bias": "none""#, #""bias": "all""#)).contains("bias"))
        #expect(try refusal(changed("future", #""use_dora": false"#, #""twists": 3"#)).contains("twists"))
        #expect(refusal(Self.folder("decoder")).contains("lora_A"))
        let unnamed = try changed("unnamed", #""models/mean""#, "null")
        #expect(errorText { try SentenceTransformer(directory: unnamed) }.contains("base_model_name_or_path"))
        let absent = try changed("absent", "models/mean", "/no/such/model")
        #expect(errorText { try SentenceTransformer(directory: absent) }.contains("/no/such/model"))
        let empty = try changed("empty", "LORA", "LORA")
        try FileManager.default.removeItem(at: empty.appending(path: "adapter_model.safetensors"))
        #expect(refusal(empty).contains("adapter_model.safetensors"))
    }
}
