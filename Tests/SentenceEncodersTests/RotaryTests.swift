// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceEncoders
import SentenceFiles
import SentenceTestSupport
import Testing

@Suite("Rotary positions")
struct RotaryTests {
    /// A configuration with the frequencies that the reference makes of it.
    struct Case: CustomTestStringConvertible, Sendable {
        let config: ModelConfig
        /// For each kind of layer, for each length of texts.
        let layers: [[Frequencies]]

        var testDescription: String {
            "\(config.values.filter { $0.key.string.contains("rope") }.sorted { $0.key < $1.key })"
        }

        static let all: [Case] = {
            struct Layers: Decodable { let layers: [[Frequencies]] }
            let url = Fixture.url("rotary/cases.json")
            guard let configs = try? ModelConfig.list(url: url),
                let expected = try? JSONDecoder().decode([Layers].self, from: Data(contentsOf: url))
            else { return [] }
            return zip(configs, expected).compactMap { config, expected in
                (try? config.object("config")).map { Case(config: $0, layers: expected.layers) }
            }
        }()
    }

    struct Frequencies: Sendable, Decodable {
        let length: Int
        let frequencies: [Double]
        let magnitude: Double
    }

    /// Powers and logarithms of two libraries, and a few roundings in float32 behind them.
    private static let tolerance = 4e-7

    @Test("All configurations of the fixture are read")
    func count() { #expect(Case.all.count == 27) }

    @Test("Frequencies are the reference's", arguments: Case.all)
    func frequencies(expected: Case) throws {
        let spans = try EncoderArchitecture(config: expected.config).spec(expected.config).spans
        for (layer, lengths) in expected.layers.enumerated() {
            let rotary = try #require(spans[layer].rotary)
            for expected in lengths {
                let found = rotary.frequencies(kind: rotary.kind(ofLength: expected.length))
                #expect(found.count == expected.frequencies.count)
                for (a, b) in zip(found, expected.frequencies) {
                    #expect(abs(Double(a) - b) <= Self.tolerance * b, "\(a) is not \(b) in \(expected.length) tokens")
                }
                #expect(abs(Double(rotary.magnitude) - expected.magnitude) <= Self.tolerance)
            }
        }
    }

    @Test(
        "What cannot be computed is refused by name",
        arguments: [
            (["type": "ntk"], #""rope_scaling.type" is "ntk"; supported: "default", "linear", "dynamic", "#),
            (["type": "linear", "factor": 0], #""rope_scaling.factor" is 0; expected a positive number"#),
            (["type": "yarn", "factor": -1], #""rope_scaling.factor" is -1; expected a positive number"#),
            (["type": "yarn", "factor": 2, "beta_slow": -1], #""rope_scaling.beta_slow" is -1; expected a positive"#),
            (["type": "yarn", "factor": 2, "rope_theta": 1], #""rope_scaling.rope_theta" is 1; expected more than 1"#),
            (
                ["type": "yarn", "factor": 2, "original_max_position_embeddings": 1],
                #""rope_scaling.original_max_position_embeddings" is 1; expected an integer from 2"#
            ),
            (
                ["type": "longrope", "short_factor": [1, 2], "long_factor": [1, 2]],
                #""rope_scaling.short_factor" is an array; expected 32 positive numbers"#
            ),
            (["type": "longrope", "short_factor": [1, "a"]], #""rope_scaling.short_factor" is"#),
            (
                ["type": "llama3", "factor": 2, "low_freq_factor": 4, "high_freq_factor": 4],
                #""rope_scaling.high_freq_factor" is 4; expected more than low_freq_factor, 4"#
            ),
            (["rope_theta": -2], #""rope_scaling.rope_theta" is -2; expected a positive number"#),
            (["partial_rotary_factor": 0.4], #""rope_scaling.partial_rotary_factor" is 0.4; expected an even part"#),
        ] as [(JSONObject, String)])
    func refusals(scaling: JSONObject, expected: String) {
        let config = ModelConfig(
            name: "config.json", values: ["model_type": "new", "rope_scaling": .object(scaling)])
        let message = errorText { try EncoderArchitecture(config: config).spec(config) }
        #expect(message.hasPrefix("config.json: " + expected), "\(message)")
    }
}
