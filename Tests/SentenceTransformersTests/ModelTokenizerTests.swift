// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceHub
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Tokens without the weights")
struct ModelTokenizerTests {
    /// All fixtures that a model can be loaded from.
    private static let folders = [
        "models", "architectures", "words", "sparse", "cross_encoders", "vectors", "pipelines",
    ]
    .flatMap { group in
        let names = (try? FileManager.default.contentsOfDirectory(atPath: Fixture.url(group).path)) ?? []
        return names.sorted().map { "\(group)/\($0)" }
    }
    .filter {
        FileManager.default.fileExists(atPath: Fixture.url("\($0)/config_sentence_transformers.json").path)
            || FileManager.default.fileExists(atPath: Fixture.url("\($0)/config.json").path)
    }

    @Test("Texts and pairs become the tokens that the model computes, chat models and ColBERT's included")
    func sameAsModel() throws {
        #expect(Self.folders.count > 60)
        let fixture = try ModelFixture("mean")
        var compared = 0
        for folder in Self.folders {
            let url = Fixture.url(folder)
            let pipeline = try ModelPipeline(directory: url, kind: nil, computePrecision: .float32)
            let input = try pipeline.route(for: nil).input
            guard input.tokenizer != nil else { continue }
            let tokenizer = try ModelTokenizer(named: url.path, request: ModelRequest())
            #expect(tokenizer.maximumSequenceLength == input.maximumSequenceLength, "\(folder)")
            let inputs = pipeline.kind == .crossEncoder ? fixture.pairs : fixture.texts.map { TokenizerInput($0) }
            for limit in [12, input.maximumSequenceLength] {
                let found = try tokenizer.tokenize(inputs, maximumLength: limit)
                #expect(try found == input.tokenize(inputs, maximumLength: limit, task: nil), "\(folder)")
            }
            compared += 1
        }
        #expect(compared > 60)
    }
}
