// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors
import SentenceTestSupport
import SentenceTokenizers
import SentenceTransformers
import Testing

/// Only what is read of the last block is computed; that has the bits that it has among everything.
@Suite("Tokens that are read")
struct TokensReadTests {
    static let precisions: [ComputePrecision] = [.float32Highest, .float32, .bfloat16, .int8]

    /// How tokens become one vector, and whether that leaves any out; nil if it depends on the lengths of texts.
    static let poolings: [(pooling: Pooling, skips: Bool?)] = [
        (Pooling([.first]), true), (Pooling([.last]), true), (Pooling([.last, .first]), true),
        (Pooling([.first], includesPrompt: false), true), (Pooling([.mean], includesPrompt: false), nil),
        (Pooling([.last, .mean]), false), (Pooling([.weightedMean, .first]), false), (Pooling([.maximum]), false),
    ]

    /// Features of the same texts, once with everything computed.
    private func both(
        _ route: ModelRoute, _ tokens: TokenBatch, _ call: ForwardCall, reading result: ForwardCall.Result
    ) throws -> (all: Features, some: Features) {
        var calls = [call, call]
        calls[1].result = result
        let features = try calls.map { call in
            var features = Features(.tokens(tokens), call)
            try route(&features)
            return features
        }
        #expect(!features[0].holdsOnlyTokensRead)
        return (features[0], features[1])
    }

    @Test(
        "Every pooling of every architecture, on every level", arguments: ArchitectureFixture.names,
        KernelSet.available.indices)
    func poolings(name: String, level: Int) throws {
        let fixture = try ArchitectureFixture(name)
        for precision in Self.precisions {
            try Execution.with(kernels: KernelSet.available[level], precision: precision.precision) {
                let model = try SentenceTransformer(directory: fixture.folder, computePrecision: precision)
                let input = try model.pipeline.route(for: nil).input
                let tokens = try input.tokenize(
                    fixture.texts.map { TokenizerInput($0) }, prompt: "", maximumLength: 40, task: nil)
                for (pooling, skips) in Self.poolings {
                    let route = ModelRoute(input: input, modules: [input, pooling])
                    let call = ForwardCall(promptLength: pooling.includesPrompt ? 0 : 2)
                    let (all, some) = try both(route, tokens, call, reading: .vectors)
                    let what: Comment = "\(precision) \(pooling.summary)"
                    #expect(all.sentenceEmbedding?.floats == some.sentenceEmbedding?.floats, what)
                    #expect(some.holdsOnlyTokensRead == skips ?? some.holdsOnlyTokensRead, what)
                }
            }
        }
    }

    @Test("Scores of every cross-encoder", arguments: CrossEncoderFixture.names)
    func scores(name: String) throws {
        let fixture = try CrossEncoderFixture(name)
        for precision in Self.precisions {
            let model = try fixture.load(precision)
            let route = try model.pipeline.route(for: nil)
            let tokens = try route.input.tokenize(fixture.pairs, prompt: "", maximumLength: 40, task: nil)
            try Execution.with(precision: precision.precision) {
                let (all, some) = try both(route, tokens, ForwardCall(), reading: .vectors)
                #expect(all.scores?.floats == some.scores?.floats, "\(precision)")
                let readsAll = ["eurobert_late", "eurobert_mean", "modernbert_mean"].contains(name)
                #expect(some.holdsOnlyTokensRead != readsAll)
            }
        }
    }

    @Test("The vectors that multi-vector encoders keep", arguments: MultiVectorFixture.names)
    func keptVectors(name: String) throws {
        let fixture = try MultiVectorFixture(name)
        for precision in Self.precisions {
            let model = try fixture.load(precision)
            for task in [nil, EncodingTask.query, .document] {
                let route = try model.pipeline.route(for: task)
                let tokens = try route.input.tokenize(
                    fixture.texts.map { TokenizerInput($0) } + [TokenizerInput(". , ! ? ; : .")], prompt: "",
                    maximumLength: 32, task: task)
                try Execution.with(precision: precision.precision) {
                    var (all, some) = try both(route, tokens, ForwardCall(task: task), reading: .keptTokens)
                    all.dropUnkeptTokens()
                    some.dropUnkeptTokens()
                    #expect(all.texts.starts == some.texts.starts, "\(precision)")
                    #expect(all.tokenEmbeddings?.floats == some.tokenEmbeddings?.floats, "\(precision)")
                }
            }
        }
    }

    @Test("With gradients, dropout, or a module that reads everything, everything is computed")
    func everything() throws {
        let model = try SentenceTransformer(
            directory: ArchitectureFixture("qwen3").folder, computePrecision: .float32Highest)
        let input = try model.pipeline.route(for: nil).input
        let tokens = try input.tokenize(
            [TokenizerInput("a text of some words")], prompt: "", maximumLength: 40, task: nil)
        func skips(_ modules: [any Module], _ result: ForwardCall.Result = .vectors) throws -> Bool {
            var features = Features(.tokens(tokens), ForwardCall(result: result))
            try ModelRoute(input: input, modules: [input] + modules)(&features)
            return features.holdsOnlyTokensRead
        }
        #expect(try skips([Pooling([.last])]))
        #expect(try !skips([Pooling([.last])], .tokens))
        #expect(try !skips([Pooling([.last]), Pooling([.first])]))
        #expect(try !skips([]))
        #expect(try !Execution.with(recordsGradients: true) { try skips([Pooling([.last])]) })
        let training = Execution.Mode.training(RandomStream(seed: 1, step: 0, microBatch: 0))
        #expect(try !Execution.with(mode: training) { try skips([Pooling([.last])]) })
    }
}
