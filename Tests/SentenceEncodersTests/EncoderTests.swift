// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SentenceCheckpoints
import SentenceEncoders
import SentenceFiles
import SentenceTensors
import SentenceTestSupport
import Testing

@Suite("Encoders")
struct EncoderTests {
    private func config(_ changes: JSONObject = [:]) throws -> ModelConfig {
        let config = try ModelConfig(url: Fixture.url("models/mean/config.json"))
        return ModelConfig(name: "config.json", values: config.values.merging(changes) { $1 })
    }

    private func checkpoint() throws -> Checkpoint { try Checkpoint(directory: Fixture.url("models/mean")) }

    @Test("An architecture names exactly the slots that its spec needs", arguments: ["mean", "plain", "float16"])
    func slots(model: String) throws {
        let config = try ModelConfig(url: Fixture.url("models/\(model)/config.json"))
        let architecture = try EncoderArchitecture(config: config)
        let needed = Set(try architecture.spec(config).parameters.map(\.slot))
        #expect(needed == Set(architecture.weights.keys))
    }

    @Test("The number of parameters follows from the configuration alone")
    func parameterCount() throws {
        // bert-base-uncased without its pooler.
        let config = ModelConfig(name: "config.json", values: ["model_type": "bert"])
        #expect(try EncoderArchitecture.bert.spec(config).parameterCount == 108_891_648)
    }

    @Test(
        "An empty configuration has the reference's defaults",
        arguments: [
            ("distilbert", 66_362_880), ("roberta", 124_054_272), ("xlm-roberta", 108_891_648),
            ("mpnet", 108_894_336), ("modernbert", 149_014_272), ("t5", 35_330_816), ("mt5", 146_940_608),
            ("qwen2", 11_427_516_416),
            ("qwen3", 11_427_131_392), ("deberta", 124_043_520), ("deberta-v2", 877_507_584), ("electra", 13_483_008),
            ("albert", 205_814_272),
            ("nomic_bert", 136_731_648), ("gemma3_text", 2_628_658_432), ("llama", 6_607_343_616),
            ("mistral", 7_110_660_096), ("eurobert", 211_766_016), ("gte", 305_368_320), ("jina_bert_v2", 136_773_120),
            ("lfm2", 2_705_497_600),
        ])
    func defaults(modelType: String, count: Int) throws {
        // Parameters of the reference's models of default configurations, without poolers.
        let config = ModelConfig(name: "config.json", values: ["model_type": .string(modelType)])
        #expect(try EncoderArchitecture(config: config).spec(config).parameterCount == count)
    }

    @Test("An adapter needs a language that the model has")
    func languages() throws {
        func count(_ values: JSONObject) throws -> Int {
            let config = ModelConfig(
                name: "config.json", values: values.merging(["model_type": "xmod"]) { own, _ in own })
            return try EncoderArchitecture(config: config).spec(config).parameterCount
        }
        #expect(try count(["default_language": "en_XX"]) == 115_983_360)
        #expect(errorText { try count([:]) } == #"config.json: missing key "default_language" (expected a string)"#)
        let other = errorText { try count(["default_language": "fr_XX", "languages": ["en_XX", "de_DE"]]) }
        #expect(other == #"config.json: "default_language" is "fr_XX"; expected one of en_XX, de_DE"#)
    }

    @Test("Both spellings of Nomic's keys mean the same")
    func spellings() throws {
        let own: JSONObject = [
            "model_type": "nomic_bert", "n_embd": 96, "n_head": 6, "n_inner": 200, "n_layer": 3, "n_positions": 8192,
            "layer_norm_epsilon": 1e-5, "rotary_emb_base": 500, "rotary_emb_fraction": 0.5,
            "activation_function": "swiglu", "qkv_proj_bias": false, "prenorm": false,
        ]
        let usual: JSONObject = [
            "model_type": "nomic_bert", "hidden_size": 96, "num_attention_heads": 6, "intermediate_size": 200,
            "num_hidden_layers": 3, "max_position_embeddings": 8192, "layer_norm_eps": 1e-5, "hidden_act": "silu",
            "rope_parameters": ["rope_theta": 500, "partial_rotary_factor": 0.5],
        ]
        let specs = try [own, usual].map { values in
            let config = ModelConfig(name: "config.json", values: values)
            return try EncoderArchitecture(config: config).spec(config)
        }
        #expect(specs[0] == specs[1])
        #expect(specs[0].spans[0].rotary == RotaryOptions(size: 8, base: 500))
    }

    @Test("Rotary scalings that are not computed are refused by name")
    func rotaryScaling() throws {
        let config = ModelConfig(
            name: "config.json", values: ["model_type": "new", "rope_scaling": ["type": "ntk", "factor": 8]])
        let message = errorText { try EncoderArchitecture(config: config).spec(config) }
        #expect(message.hasPrefix(#"config.json: "rope_scaling.type" is "ntk"; supported: "default", "linear", "#))
    }

    @Test(
        "What the reference computes otherwise, or not at all, is refused by name",
        arguments: [
            ("qwen2", ["is_causal": nil], #""is_causal" is null; expected true or false"#),
            ("modernbert", ["is_causal": true], #""is_causal" is true; supported: false, null"#),
            ("bert", ["is_causal": true], #""is_causal" is true; supported: false, null"#),
            ("t5", ["is_decoder": true], #""is_decoder" is true; supported: false"#),
            ("t5", ["dense_act_fn": "nonsense"], #""dense_act_fn" is "nonsense"; supported: "#),
            ("llama", ["layer_types": ["full_attention"]], #""layer_types" is an array; expected one type for each"#),
            ("mistral", ["layer_types": ["chunked", "a"]], #""layer_types" is an array; supported: "full_attention""#),
            (
                "qwen2", ["layer_types": ["sliding_attention", "full_attention"]],
                #""layer_types" is an array; expected a window for layers that slide"#
            ),
            ("mistral", ["partial_rotary_factor": 0.5], #""partial_rotary_factor" is 0.5; expected 1, since models"#),
            (
                "qwen3", ["rope_parameters": ["partial_rotary_factor": 0.5]],
                #""rope_parameters.partial_rotary_factor" is 0.5; expected 1, since models"#
            ),
            (
                "gemma3_text", ["rope_parameters": ["rope_theta": 77]],
                #""rope_parameters" is an object; expected objects for "full_attention" and"#
            ),
            (
                "modernbert", ["rope_parameters": ["rope_theta": 77]],
                #""rope_parameters" is an object; expected objects for "full_attention" and"#
            ),
            ("modernbert", ["sliding_window": 0], #""sliding_window" is 0; expected a positive number"#),
        ] as [(String, JSONObject, String)])
    func refusals(type: String, values: JSONObject, expected: String) {
        let sizes: JSONObject = ["model_type": .string(type), "num_hidden_layers": 2]
        let config = ModelConfig(name: "config.json", values: sizes.merging(values) { $1 })
        let message = errorText { try EncoderArchitecture(config: config).spec(config) }
        #expect(message.hasPrefix("config.json: " + expected), "\(message)")
    }

    @Test("A tensor that stands under two prefixes is refused unless both are the same", arguments: [1, 2] as [Float])
    func twins(scale: Float) throws {
        let original = try checkpoint()
        var tensors = Dictionary(
            uniqueKeysWithValues: try original.names.map { ($0, try original.tensor(named: $0)) })
        let name = "embeddings.LayerNorm.weight"
        tensors["bert." + name] = scale * (try original.tensor(named: name).float32())
        let folder = try TemporaryFolder(), file = folder.url.appending(path: "model.safetensors")
        try SafetensorsWriter.write(tensors, to: file)
        let message = errorText { try Encoder(config: config(), checkpoint: Checkpoint(file: file)) }
        let twice = #"tensor "\#(name)" stands in the file twice, with other numbers as "bert.\#(name)""#
        #expect(scale == 1 ? message == "nothing was thrown" : message.contains(twice), "\(message)")
    }

    @Test("Every problem of the weights is in one message")
    func problems() throws {
        let changes: JSONObject = ["num_hidden_layers": 3, "intermediate_size": 99]
        let message = errorText { try Encoder(config: config(changes), checkpoint: checkpoint()) }
        #expect(message.contains("16 missing: encoder.layer.2.attention.self.query.weight"))
        #expect(
            message.contains(
                "6 of wrong shape: encoder.layer.0.intermediate.dense.weight is [100, 48], expected [99, 48]"))
        let warnings = Warnings()
        let fewer = try warnings.collect {
            try Encoder(config: config(["num_hidden_layers": 1]), checkpoint: checkpoint())
        }
        #expect(fewer.spec.layerCount == 1 && warnings.messages.count == 1)
        #expect(
            warnings.messages[0].contains(
                "16 with no place in the model, and ignored: encoder.layer.1.attention.output.LayerNorm.bias"))
    }

    @Test(
        "Configurations out of range are refused by name",
        arguments: [
            (
                ["model_type": "gpt5"],
                #"config.json: model_type "gpt5" is not supported by this version; supported: bert, distilbert, "#
            ),
            (
                ["num_attention_heads": 5],
                #"config.json: "hidden_size" is 48; expected a multiple of num_attention_heads, 5"#
            ),
            (
                ["num_attention_heads": 0],
                #"config.json: "num_attention_heads" is 0; expected an integer from 1 to 268435456"#
            ),
            (
                ["num_hidden_layers": 1_099_511_627_776],
                #"config.json: "num_hidden_layers" is 1099511627776; expected an integer from 0 to 10000"#
            ),
            (["hidden_act": "prelu"], "config.json: \"hidden_act\" is \"prelu\"; supported: gelu, gelu_10, "),
            (
                ["quantization_config": ["bits": 4]],
                #"config.json: "quantization_config" is an object; quantised checkpoints are not supported"#
            ),
            (
                ["position_embedding_type": "relative_key"],
                #"config.json: "position_embedding_type" is "relative_key"; supported: "absolute""#
            ),
        ] as [(JSONObject, String)])
    func badConfigurations(changes: JSONObject, expected: String) throws {
        let message = errorText { try Encoder(config: config(changes), checkpoint: checkpoint()) }
        #expect(message.hasPrefix(expected), "\(message)")
    }

    @Test("Ids and lengths beyond the tables are errors")
    func ranges() throws {
        let encoder = try Encoder(config: config(), checkpoint: checkpoint())
        let count = Int32(encoder.spec.vocabularySize)
        #expect(throws: EncoderError.idOutOfRange(kind: "token id", id: Int(count), count: Int(count))) {
            try encoder(ids: [0, count], typeIDs: [0, 0], TextOffsets([0, 2]))
        }
        #expect(throws: EncoderError.idOutOfRange(kind: "token id", id: -1, count: Int(count))) {
            try encoder(ids: [-1], typeIDs: [0], TextOffsets([0, 1]))
        }
        #expect(throws: EncoderError.idOutOfRange(kind: "token type", id: 2, count: 2)) {
            try encoder(ids: [1], typeIDs: [2], TextOffsets([0, 1]))
        }
        #expect(throws: EncoderError.textTooLong(tokens: 65, maximum: 64)) {
            try encoder(
                ids: .init(repeating: 1, count: 65), typeIDs: .init(repeating: 0, count: 65), TextOffsets([0, 65]))
        }
        #expect(try encoder(ids: [], typeIDs: [], TextOffsets([0])).shape == [0, 48])
    }
}
