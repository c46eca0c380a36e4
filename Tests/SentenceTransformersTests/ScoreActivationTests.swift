// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceTestSupport
import SentenceTransformers
import Testing

@Suite("A cross-encoder's activation comes from the reference's places")
struct ScoreActivationTests {
    /// Changes of a fixture's files, and the reference's scores of the first three pairs with them.
    private struct Case {
        let model: String
        let settings: [String: Any]
        let config: [String: Any]
        let scores: [Double]

        init(_ object: [String: Any]) throws {
            model = try #require(object["model"] as? String)
            settings = try #require(object["settings"] as? [String: Any])
            config = try #require(object["config"] as? [String: Any])
            scores = try #require(object["scores"] as? [Double])
        }
    }

    private static func read(_ url: URL) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: url))
    }

    /// A copy of a fixture with changed members of its files.
    private static func copy(
        _ name: String, settings: [String: Any], config: [String: Any]
    ) throws -> (keeper: TemporaryFolder, url: URL) {
        let folder = try TemporaryFolder()
        let url = folder.url.appending(path: "model")
        try FileManager.default.copyItem(at: Fixture.url("cross_encoders/\(name)"), to: url)
        for (file, changes) in [("config_sentence_transformers.json", settings), ("config.json", config)]
        where !changes.isEmpty {
            let target = url.appending(path: file)
            let old = (try? read(target)) as? [String: Any] ?? ["model_type": "CrossEncoder"]
            try JSONSerialization.data(withJSONObject: old.merging(changes) { $1 }).write(to: target)
        }
        return (folder, url)
    }

    @Test("Scores are the reference's wherever a path stands")
    func places() throws {
        let cases = try #require(try Self.read(Fixture.url("cross_encoders/activations.json")) as? [[String: Any]])
        #expect(cases.count > 10)
        for object in cases {
            let expected = try Case(object)
            let (keeper, url) = try Self.copy(expected.model, settings: expected.settings, config: expected.config)
            let model = try CrossEncoder(directory: url, computePrecision: .float32Highest)
            let found = try model.predict(Array(CrossEncoderFixture(expected.model).pairs.prefix(3)))
            let reference = try Matrix(expected.scores.map { Float($0) }, rows: 3, columns: model.labelCount)
            #expect(relativeDifference(found, reference) <= Tolerance.score, "\(object)")
            withExtendedLifetime(keeper) {}
        }
    }

    @Test("A class of PyTorch that is not known is refused by name")
    func unknown() throws {
        let (keeper, url) = try Self.copy(
            "bert", settings: [:], config: ["sbert_ce_default_activation_function": "torch.nn.PReLU"])
        let message = errorText { try CrossEncoder(directory: url) }
        #expect(message.contains("config.json: activation \"torch.nn.PReLU\" is not supported"), "\(message)")
        withExtendedLifetime(keeper) {}
    }

    @Test("Activations are what they say", arguments: ScoreActivation.allCases)
    func values(activation: ScoreActivation) throws {
        let model = try CrossEncoderFixture("bert_labels").load()
        let pairs = [("is it sunny?", "It's so sunny outside!")]
        let logits = try model.predict(pairs, options: .init(activation: .identity)).elements.map(Double.init)
        let found = try model.predict(pairs, options: .init(activation: activation)).elements
        let total = logits.reduce(0) { $0 + exp($1) }, negativeTotal = logits.reduce(0) { $0 + exp(-$1) }
        for (x, y) in zip(logits, found) {
            let sigmoid = 1 / (1 + exp(-x)), softPlus = log(1 + exp(x))
            let expected: Double =
                switch activation {
                case .identity: x
                case .sigmoid: sigmoid
                case .tanh: tanh(x)
                case .relu: max(x, 0)
                case .gelu: x * (1 + erf(x / 2.0.squareRoot())) / 2
                case .silu: x * sigmoid
                case .celu, .elu: x > 0 ? x : exp(x) - 1
                case .hardShrink: abs(x) > 0.5 ? x : 0
                case .hardSigmoid: min(max(x / 6 + 0.5, 0), 1)
                case .hardSwish: x * min(max(x / 6 + 0.5, 0), 1)
                case .hardTanh: min(max(x, -1), 1)
                case .leakyReLU: x > 0 ? x : 0.01 * x
                case .logSigmoid: log(sigmoid)
                case .mish: x * tanh(softPlus)
                case .randomizedReLU: x > 0 ? x : 11 / 48 * x
                case .relu6: min(max(x, 0), 6)
                case .selu: 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * (exp(x) - 1))
                case .softPlus: softPlus
                case .softShrink: x > 0.5 ? x - 0.5 : x < -0.5 ? x + 0.5 : 0
                case .softSign: x / (1 + abs(x))
                case .tanhShrink: x - tanh(x)
                case .softmax: exp(x) / total
                case .logSoftmax: x - log(total)
                case .softmin: exp(-x) / negativeTotal
                }
            #expect(abs(Double(y) - expected) <= Tolerance.score)
        }
    }
}
