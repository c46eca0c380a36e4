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

/// A fixture with some of its files changed, as models in the wild are, and what the reference gives then.
struct Situation: Sendable, CustomTestStringConvertible {
    let config: ModelConfig
    let name: String

    var testDescription: String { name }

    static let all: [Situation] = {
        let configs = (try? ModelConfig.list(url: Fixture.url("situations.json"))) ?? []
        return configs.map { Situation(config: $0, name: (try? $0.string("name")) ?? "") }
    }()

    /// The texts or pairs.
    func inputs() throws -> [TokenizerInput] {
        try (config.values["inputs"]?.asArray ?? []).map { input in
            if let text = input.asString { return TokenizerInput(text) }
            let pair = try #require(input.asArray).compactMap(\.asString)
            return TokenizerInput(pair[0], pair: pair[1])
        }
    }

    /// What the reference gives, row by row.
    func expected(_ key: String) throws -> [[Double]] {
        try #require(config.values[key]?.asArray).map { try #require($0.asArray).compactMap(\.asDouble) }
    }

    /// A copy of the fixture with the changes.
    func folder() throws -> (keeper: TemporaryFolder, url: URL) {
        let keeper = try TemporaryFolder(), url = keeper.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url(config.string("base")), to: url)
        for (file, members) in try config.optionalObject("json")?.values ?? [:] {
            let target = url.appending(path: file.string)
            let old = FileManager.default.fileExists(atPath: target.path) ? try ModelConfig(url: target).values : [:]
            let members = try #require(members.asObject)
            try JSONValue.object(old.merging(members) { $1 }).serialized().write(
                to: target, atomically: true, encoding: .utf8)
        }
        for (file, pair) in try config.optionalObject("text")?.values ?? [:] {
            let target = url.appending(path: file.string), parts = try #require(pair.asArray).compactMap(\.asString)
            let text = try String(contentsOf: target, encoding: .utf8)
            let place = try #require(text.range(of: parts[0], options: .literal))
            try text.replacingCharacters(in: place, with: parts[1]).write(
                to: target, atomically: true, encoding: .utf8)
        }
        if let changes = try config.optionalObject("tensors") {
            let file = url.appending(path: "model.safetensors"), checkpoint = try Checkpoint(file: file)
            var tensors = Dictionary(
                uniqueKeysWithValues: try checkpoint.names.map { ($0, try checkpoint.tensor(named: $0)) })
            for (name, change) in changes.values {
                let change = try #require(change.asArray), source = try #require(change[0].asString)
                let scale = Float(try #require(change[1].asDouble))
                tensors[name.string] = scale * (try checkpoint.tensor(named: source).float32())
            }
            try SafetensorsWriter.write(tensors, to: file)
        }
        return (keeper, url)
    }
}

@Suite("Models as they are out there")
struct SituationTests {
    @Test("There are cases")
    func count() { #expect(Situation.all.count > 50) }

    @Test("Results are the reference's", arguments: Situation.all)
    func results(situation: Situation) throws {
        let (keeper, url) = try situation.folder()
        defer { withExtendedLifetime(keeper) {} }
        let inputs = try situation.inputs()
        switch try situation.config.string("kind") {
        case "tokens":
            let ids = try Tokenizer(directory: url).encode(inputs)
            for (index, expected) in try situation.expected("ids").enumerated() {
                #expect(ids.ids[ids.tokenRange(at: index)].map(Double.init) == expected)
            }
        case "pairs":
            let model = try CrossEncoder(directory: url, computePrecision: .float32Highest)
            try compare(model.predict(inputs), with: situation)
        case "sparse":
            let model = try SparseEncoder(directory: url, computePrecision: .float32Highest)
            try compare(model.encode(inputs).dense, with: situation)
        default:
            let model = try SentenceTransformer(directory: url, computePrecision: .float32Highest)
            var options = EncodeOptions()
            options.prompt = try situation.config.optionalString("prompt")
            options.promptName = try situation.config.optionalString("prompt_name")
            try compare(model.encode(inputs, options: options), with: situation)
        }
    }

    /// Compares with the recorded rows, relative to the largest element of all.
    private func compare(_ found: Matrix, with situation: Situation) throws {
        let expected = try situation.expected("rows")
        #expect(found.rows == expected.count && found.columns == expected[0].count)
        let scale = expected.joined().reduce(1e-6) { max($0, abs($1)) }
        let difference = zip(found.elements, expected.joined()).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
        #expect(difference / scale <= Tolerance.situation)
    }
}
