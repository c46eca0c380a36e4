// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("Embeddings are the reference's")
struct AgreementTests {
    @Test("Of tiny models in every layout, on every level", arguments: ModelFixture.names, KernelSet.available.indices)
    func tiny(name: String, level: Int) throws {
        let fixture = try ModelFixture(name)
        for precision in [ComputePrecision.float32Highest, .float32] {
            try Execution.with(kernels: KernelSet.available[level]) { try check(fixture, level, precision) }
        }
    }

    private func check(_ fixture: ModelFixture, _ level: Int, _ precision: ComputePrecision) throws {
        let model = try fixture.load(precision)
        let relative = Tolerance.of(precision, Tolerance.relative)
        #expect(model.kernelName == KernelSet.available[level].name)
        let found = try model.encode(fixture.texts)
        let expected = try fixture.result("texts")
        #expect(largestDifference(found, expected) <= relative * max(1, largestElement(expected)))
        guard fixture.has("normalized") else { return }
        let normalized = try model.encode(fixture.texts, options: EncodeOptions(normalizeEmbeddings: true))
        #expect(
            largestDifference(normalized, try fixture.result("normalized"))
                <= Tolerance.of(precision, Tolerance.normalized))
        let pairs = try fixture.result("pairs")
        #expect(
            largestDifference(try model.encode(fixture.pairs), pairs) <= relative
                * max(1, largestElement(pairs)))
    }

    @Test("Of the real model, on every level", arguments: KernelSet.available.indices)
    func real(level: Int) throws {
        let texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: Fixture.url("minilm/texts.json")))
        let expected = try Checkpoint(file: Fixture.url("minilm/expected.safetensors"))
        try Execution.with(kernels: KernelSet.available[level]) {
            for precision in [ComputePrecision.float32Highest, .float32] {
                let model = try SentenceTransformer(directory: realModel(), computePrecision: precision)
                let found = try model.encode(texts)
                for name in ["embeddings", "double"] {
                    let reference = Matrix(try expected.tensor(named: name).float32())
                    let tolerance = Tolerance.of(precision, Tolerance.normalized)
                    #expect(largestDifference(found, reference) <= tolerance, "\(precision), \(name)")
                }
            }
        }
    }

    @Test("Tokens of a text have the reference's vectors")
    func tokens() throws {
        let fixture = try ModelFixture("mean")
        let found = try fixture.load().encodeTokens(fixture.texts.map { TokenizerInput($0) })
        #expect(found.count == fixture.texts.count)
        for (index, matrix) in found.enumerated() {
            let expected = try fixture.result("tokens.\(index)")
            #expect(largestDifference(matrix, expected) <= Tolerance.relative * largestElement(expected))
        }
    }

    @Test("Gradients of all parameters are PyTorch's")
    func gradientsOfModel() throws {
        let fixture = try ModelFixture("mean")
        let model = try fixture.load()
        let transformer = try #require(model.pipeline.modules.first as? Transformer)
        let batch = try model.tokenize(fixture.texts.map { TokenizerInput($0) }, maximumLength: 40)
        let parameters = transformer.encoder.parameters
        let found = try Execution.with(threads: 2, recordsGradients: true) {
            var features = Features(.tokens(batch))
            try model.pipeline.route(for: nil)(&features)
            let embeddings = try #require(features.sentenceEmbedding)
            let seed = try fixture.expected.tensor(named: "gradient.seed")
            return gradients(of: embeddings, seed: seed.float32(), withRespectTo: parameters.map(\.parameter))
        }
        // Two layers of float32 on both sides; keys' biases have a gradient of zero but for rounding.
        let tolerance = 2e-5
        for (name, gradient) in zip(parameters.map(\.name), found) {
            let expected = Matrix(try fixture.expected.tensor(named: "gradient.\(name)").float32().asMatrix)
            let gradient = Matrix(try #require(gradient, "no gradient of \(name)").tensor.asMatrix)
            let difference = largestDifference(gradient, expected)
            #expect(difference <= tolerance * max(1, largestElement(expected)), "\(name)")
        }
    }
}

extension Tensor {
    /// The tensor with one row if it is a vector.
    fileprivate var asMatrix: Tensor { shape.count == 1 ? reshaped([1, count]) : self }
}
