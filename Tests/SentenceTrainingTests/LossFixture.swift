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

/// What the reference found for all losses, and where its optimizer led with them.
struct LossFixture: Sendable {
    static let folders = ["losses", "sparse_losses"]
    private static let files = folders.map { folder in Result { try LossFixture(folder) } }

    /// The fixture that has a case.
    static func of(_ loss: LossCase) throws -> LossFixture { try files[loss.file].get() }

    /// The cases of all files.
    static func allCases() throws -> [LossCase] { try files.flatMap { try $0.get().cases } }

    let texts: [[String]]
    let counts: [[Int]]
    let modelFolders: [String: String]
    let cases: [LossCase]
    let rate: Float
    let epsilon: Float
    let steps: Int
    let samples: Int
    let values: Checkpoint
    let after: Checkpoint

    private struct File: Decodable {
        let texts: [[String]]
        let counts: [[Int]]
        let models: [String: String]
        let values: Int
        let rate: Float
        let epsilon: Float
        let steps: Int
        let samples: Int
    }

    private init(_ folder: String) throws {
        let url = Fixture.url("\(folder)/cases.json")
        let json = try JSONValue(parsing: String(contentsOf: url, encoding: .utf8))
        let file = try json.decode(File.self)
        (texts, counts, modelFolders) = (file.texts, file.counts, file.models)
        (rate, epsilon, steps, samples) = (file.rate, file.epsilon, file.steps, file.samples)
        values = try Checkpoint(file: Fixture.url("\(folder)/values.safetensors"))
        after = try Checkpoint(file: Fixture.url("\(folder)/steps.safetensors"))
        cases = try #require(json.asObject?["cases"]?.asArray).enumerated().map { number, value in
            try LossCase(
                number, file: Self.folders.firstIndex(of: folder) ?? 0, #require(value.asObject),
                hasValue: number < file.values)
        }
    }

    /// The embeddings of a kind of model, by columns.
    func columns(_ loss: LossCase) throws -> [Tensor] {
        try (0..<loss.columns).map { try values.tensor(named: "\(loss.kind).\($0)").float32() }
    }

    /// The texts of a batch; those of a cross-encoder are pairs.
    func inputs(_ loss: LossCase) -> [[TokenizerInput]] {
        if loss.kind.hasPrefix("cross") { return [zip(texts[0], texts[1]).map { TokenizerInput($0, pair: $1) }] }
        return (loss.texts ?? Array(texts[..<loss.columns])).map { $0.map { TokenizerInput($0) } }
    }

    /// The labels of a batch; none where the loss finds them itself.
    func labels(_ loss: LossCase) throws -> Tensor? {
        let name = "\(loss.number).labels", file = values.contains(name) ? values : after
        return file.contains(name) ? try file.tensor(named: name).float32() : nil
    }

    /// The folder of the model that the loss trains.
    func folder(_ loss: LossCase) throws -> URL { Fixture.url(try #require(modelFolders[loss.kind])) }

    /// The tensors of a case whose names begin so, by the rest of the name.
    static func tensors(_ file: Checkpoint, _ prefix: String) throws -> [String: Tensor] {
        var found: [String: Tensor] = [:]
        for name in file.names where name.hasPrefix(prefix) {
            found[String(name.dropFirst(prefix.count))] = try file.tensor(named: name).float32()
        }
        return found
    }
}

/// A loss with arguments, and what it takes.
struct LossCase: Sendable, CustomTestStringConvertible {
    let number: Int
    /// The place of its folder among all.
    let file: Int
    let configuration: JSONValue
    let name: String
    let columns: Int
    let kind: String
    let texts: [[String]]?
    /// Whether there are values of given embeddings, and not only steps.
    let hasValue: Bool

    var testDescription: String { "\(LossFixture.folders[file]) \(number) \(name)" }

    init(_ number: Int, file: Int, _ value: JSONObject, hasValue: Bool) throws {
        self.number = number
        self.file = file
        self.hasValue = hasValue
        configuration = Self.withPaths(try #require(value["loss"]))
        name = try #require(configuration.asObject?["name"]?.asString)
        columns = try #require(value["columns"]?.asInt)
        kind = try #require(value["kind"]?.asString)
        texts = value["texts"]?.asArray?.map { $0.asArray?.compactMap(\.asString) ?? [] }
    }

    /// A guide stands in the fixtures.
    private static func withPaths(_ value: JSONValue) -> JSONValue {
        guard var object = value.asObject else { return value }
        for key in ["guide", "decoder_name_or_path"] {
            if let path = object[key]?.asString { object[key] = .string(Fixture.url(path).path) }
        }
        return .object(object.mapValues(withPaths))
    }

    static let all = (try? LossFixture.allCases()) ?? []

    /// The loss, ready for a model.
    func loss(for model: ModelPipeline) throws -> any Loss {
        var loss = try TrainingLoss(configuration: configuration).base
        try loss.prepare(for: model, random: RandomStream(seed: 1, step: 0))
        return loss
    }

    /// Gives what the loss learns the values that the reference began with.
    func begin(_ loss: inout any Loss, _ values: [String: Tensor]) throws {
        let own = loss.parameters.filter { !$0.name.hasPrefix("model1.") }
        #expect(Set(values.keys).isSubset(of: own.map(\.name)))
        var begun = ParameterValues()
        for named in own {
            begun[named.parameter] = values[named.name]?.reshaped(named.parameter.tensor.shape)
        }
        loss.update(begun)
    }
}
