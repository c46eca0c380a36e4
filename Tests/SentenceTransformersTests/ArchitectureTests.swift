// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceEncoders
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import SentenceTransformers
import Testing

/// A tiny random model of one architecture, with the reference's embeddings and gradients.
struct ArchitectureFixture: Sendable {
    let name: String
    let folder: URL
    let expected: Checkpoint
    let texts: [String]

    init(_ name: String) throws {
        self.name = name
        folder = Fixture.url("architectures/\(name)")
        expected = try Checkpoint(file: folder.appending(path: "expected.safetensors"))
        texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: Fixture.url("architectures/texts.json")))
    }

    /// Every folder of fixtures.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: Fixture.url("architectures").path)) ?? []
        return files.filter { !$0.contains(".") }.sorted()
    }()

    func config() throws -> ModelConfig { try ModelConfig(url: folder.appending(path: "config.json")) }
}

extension EncoderArchitecture {
    /// Whether it has a name for a slot.
    fileprivate func names(_ slot: EncoderSlot) -> Bool { weights[slot] != nil }
}

@Suite("Architectures are the reference's")
struct ArchitectureTests {
    @Test("Every architecture but BERT, which has its own tests, has a fixture")
    func complete() throws {
        let found = Set(
            try ArchitectureFixture.names.flatMap {
                try EncoderArchitecture(config: ArchitectureFixture($0).config()).modelTypes
            })
        let known = EncoderArchitecture.all.filter { $0.modelTypes != ["bert"] }
        #expect(known.allSatisfy { !found.isDisjoint(with: $0.modelTypes) }, "\(found)")
    }

    @Test("Embeddings on every level", arguments: ArchitectureFixture.names, KernelSet.available.indices)
    func embeddings(name: String, level: Int) throws {
        let fixture = try ArchitectureFixture(name)
        let expected = Matrix(try fixture.expected.tensor(named: "normalized").float32())
        try Execution.with(kernels: KernelSet.available[level]) {
            let model = try SentenceTransformer(directory: fixture.folder, computePrecision: .float32Highest)
            #expect(largestDifference(try model.encode(fixture.texts), expected) <= Tolerance.normalized)
        }
    }

    @Test("Gradients of all parameters are PyTorch's", arguments: ArchitectureFixture.names)
    func gradientsOfModel(name: String) throws {
        let fixture = try ArchitectureFixture(name)
        for (name, difference) in try Self.gradientDifferences(fixture) {
            #expect(difference <= Tolerance.gradient, "\(name)")
        }
    }

    @Test("Models.md lists every architecture")
    func documentation() throws {
        let file = Fixture.url("../../Documentation/Models.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        for type in EncoderArchitecture.all.flatMap(\.modelTypes) { #expect(text.contains("`\(type)`"), "\(type)") }
    }

    @Test(
        "Prints the rows of Models.md",
        .enabled(if: ProcessInfo.processInfo.environment["SENTENCE_PRINT_MODELS"] != nil))
    func table() throws {
        for name in ArchitectureFixture.names {
            let fixture = try ArchitectureFixture(name)
            let expected = Matrix(try fixture.expected.tensor(named: "normalized").float32())
            let model = try SentenceTransformer(directory: fixture.folder, computePrecision: .float32Highest)
            let difference = largestDifference(try model.encode(fixture.texts), expected)
            let gradient = try Self.gradientDifferences(fixture).map(\.difference).max() ?? .infinity
            print("| \(name) | \(String(format: "%.1e", difference)) | \(String(format: "%.1e", gradient)) |")
        }
    }

    /// For every parameter the largest difference of its gradient, relative to the largest element or one.
    static func gradientDifferences(_ fixture: ArchitectureFixture) throws -> [(name: String, difference: Double)] {
        let model = try SentenceTransformer(directory: fixture.folder, computePrecision: .float32Highest)
        let transformer = try #require(model.pipeline.modules.first as? Transformer)
        let batch = try model.tokenize(
            fixture.texts.map { TokenizerInput($0) }, maximumLength: transformer.maximumSequenceLength)
        let parameters = transformer.encoder.parameters
        let found = try Execution.with(threads: 2, recordsGradients: true) {
            var features = Features(.tokens(batch))
            try model.pipeline.route(for: nil)(&features)
            let embeddings = try #require(features.sentenceEmbedding)
            let seed = try fixture.expected.tensor(named: "gradient.seed")
            return gradients(of: embeddings, seed: seed.float32(), withRespectTo: parameters.map(\.parameter))
        }
        return try zip(parameters, found).map { parameter, gradient in
            let expected = try fixture.expected.tensor(named: "gradient.\(parameter.name)").float32().floats
            let gradient = try #require(gradient, "no gradient of \(parameter.name)").tensor.floats
            guard gradient.count == expected.count else { return (parameter.name, .infinity) }
            let scale = expected.reduce(1) { max($0, abs(Double($1))) }
            let difference = zip(gradient, expected).reduce(0) { largest, pair in
                let difference = abs(Double(pair.0) - Double(pair.1))
                return difference.isNaN ? .infinity : max(largest, difference)
            }
            return (parameter.name, difference / scale)
        }
    }

    @Test("Models are saved under the names that they were loaded by", arguments: ArchitectureFixture.names)
    func saving(name: String) throws {
        let fixture = try ArchitectureFixture(name)
        let model = try SentenceTransformer(directory: fixture.folder)
        let folder = try TemporaryFolder()
        try model.save(to: folder.url)
        try SavedModels.keep(model, "architectures/\(name)")
        let (before, after) = (
            try Checkpoint(directory: fixture.folder), try Checkpoint(directory: folder.url)
        )
        #expect(Set(before.names) == Set(after.names))
        let again = try SentenceTransformer(directory: folder.url)
        #expect(try again.encode(fixture.texts) == model.encode(fixture.texts))
    }

    @Test("A text's embedding does not depend on the texts beside it", arguments: ArchitectureFixture.names)
    func invariance(name: String) throws {
        let fixture = try ArchitectureFixture(name)
        let model = try SentenceTransformer(directory: fixture.folder)
        let together = try model.encode(fixture.texts)
        for (index, text) in fixture.texts.enumerated() {
            #expect(try model.encode([text])[0] == together[index], "\(text)")
        }
    }

    @Test("Slots that a spec needs have names", arguments: ArchitectureFixture.names)
    func slots(name: String) throws {
        let config = try ArchitectureFixture(name).config()
        let architecture = try EncoderArchitecture(config: config)
        let needed = Set(try architecture.spec(config).parameters.map(\.slot))
        #expect(needed.isSubset(of: architecture.weights.keys), "\(needed.subtracting(architecture.weights.keys))")
    }

    @Test("No name of a slot goes unused")
    func unusedSlots() throws {
        var used: [String: Set<EncoderSlot>] = [:]
        for name in ArchitectureFixture.names {
            let config = try ArchitectureFixture(name).config()
            let architecture = try EncoderArchitecture(config: config)
            let checkpoint = try Checkpoint(directory: ArchitectureFixture(name).folder)
            let spec = try architecture.spec(config, in: checkpoint)
            used[architecture.modelTypes[0], default: []].formUnion(spec.parameters.map(\.slot))
        }
        for architecture in EncoderArchitecture.all {
            guard var slots = used[architecture.modelTypes[0]] else { continue }
            // Names for layers that are one matrix in the fixture.
            if slots.contains(.queryKeyValue) { slots.formUnion([.query, .key, .value].filter(architecture.names)) }
            if slots.contains(.gateUp) { slots.formUnion([.gate, .up].filter(architecture.names)) }
            #expect(slots == Set(architecture.weights.keys), "\(architecture.modelTypes)")
        }
    }
}
