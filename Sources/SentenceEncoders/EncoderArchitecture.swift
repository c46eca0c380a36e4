// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceCheckpoints
import SentenceFiles

/// A family of models as data: how to read its configuration, and how its checkpoints name the weights.
package struct EncoderArchitecture: Sendable {
    /// The values of `model_type` in `config.json`.
    package let modelTypes: [String]
    /// What may precede every name, most common first; checkpoints of models with heads have such a prefix.
    package let prefixes: [String]
    /// The names of each slot's tensors.
    package private(set) var weights: [EncoderSlot: WeightSource]
    /// Suffixes of tensors under the encoder's names that are buffers and not parameters.
    package let buffers: Set<String>
    /// Parts of the names of tensors under the encoder's names that this configuration does not use.
    package let unused: Set<String>
    /// The order of rows if a checkpoint fuses gate and up projection into one matrix.
    ///
    /// Nil if the configuration says so itself, or the checkpoints never do.
    package let fusedGateOrder: GateOrder?
    /// Maps the configuration to dimensions and options.
    package let spec: @Sendable (ModelConfig) throws -> EncoderSpec

    /// Which rows come first in a fused matrix.
    package enum GateOrder: Sendable {
        case gateFirst, upFirst
    }

    /// An architecture from its data.
    package init(
        modelTypes: [String], prefixes: [String], weights: [EncoderSlot: WeightSource], buffers: Set<String> = [],
        unused: Set<String> = [], fusedGateOrder: GateOrder? = nil,
        spec: @escaping @Sendable (ModelConfig) throws -> EncoderSpec
    ) {
        self.modelTypes = modelTypes
        self.prefixes = prefixes
        self.weights = weights
        self.buffers = buffers
        self.unused = unused
        self.fusedGateOrder = fusedGateOrder
        self.spec = spec
    }

    /// Every architecture that this version knows.
    package static let all: [EncoderArchitecture] = [
        .bert, .distilbert, .roberta, .xlmRoberta, .mpnet, .modernBert, .t5, .mt5, .qwen2, .qwen3, .deberta, .debertaV2,
        .electra,
        .albert,
        .nomicBert, .gemma3, .llama, .mistral, .euroBert, .gte, .jinaBert, .lfm2, .xmod,
    ]

    /// An architecture that changes some options of this one.
    ///
    /// `weights` adds the names of slots that this one lacks, and `defaults` the values of missing keys where they
    /// differ; `change` receives the configuration with these defaults.
    func variant(
        modelTypes: [String], prefixes: [String], weights: [EncoderSlot: WeightSource] = [:],
        unused: Set<String> = [], defaults: JSONObject = [:],
        _ change: @escaping @Sendable (inout EncoderSpec, ModelConfig) throws -> Void
    ) -> EncoderArchitecture {
        EncoderArchitecture(
            modelTypes: modelTypes, prefixes: prefixes, weights: self.weights.merging(weights) { $1 }, buffers: buffers,
            unused: self.unused.union(unused), fusedGateOrder: fusedGateOrder
        ) { [spec] config in
            let config = config.withDefaults(defaults)
            var result = try spec(config)
            try change(&result, config)
            return result
        }
    }

    /// The family of a configuration: JinaBERT also calls itself BERT, but differs in how it encodes positions.
    private static func modelType(_ config: ModelConfig) throws -> String {
        let type = try config.string("model_type")
        return type == "bert" && config.values["position_embedding_type"] == "alibi" ? "jina_bert_v2" : type
    }

    /// Families whose files say whether attention is causal; in all others every token sees every token.
    private static let directed: Set = ["llama", "mistral", "qwen2", "qwen3", "gemma3_text", "eurobert", "lfm2"]

    /// Families that leave numbers out where their files do not say how many.
    private static let dropping: Set = [
        "bert", "roberta", "xlm-roberta", "camembert", "distilbert", "mpnet", "electra", "deberta", "deberta-v2", "t5",
        "mt5", "xmod",
    ]

    /// The probability of dropout that the family has where its files do not say it.
    var defaultDropout: Float { Self.dropping.isDisjoint(with: modelTypes) ? 0 : 0.1 }

    /// Refuses what would change how any network computes, whatever its family, and what no family supports.
    private func refuse(_ config: ModelConfig) throws {
        if Self.directed.isDisjoint(with: modelTypes) { try config.require("is_causal", in: false, nil) }
        for key in ["quantization_config", "compression_config"] where config.values[key] ?? .null != .null {
            throw config.error(
                key, "quantised checkpoints are not supported by this version; save the model with its full weights")
        }
        let pruned = config.values["pruned_heads"]?.asObject ?? [:]
        guard pruned.isEmpty else { throw config.error("pruned_heads", "expected a model with all of its heads") }
    }

    /// The architecture for the `model_type` in `config.json`.
    ///
    /// - Throws: ``CheckpointError`` with code `unsupported`, listing the known types; or if the configuration lacks a
    ///   key that names of weights contain.
    package init(config: ModelConfig) throws {
        let modelType = try Self.modelType(config)
        guard let known = Self.all.first(where: { $0.modelTypes.contains(modelType) }) else {
            let types = Self.all.flatMap(\.modelTypes).joined(separator: ", ")
            throw CheckpointError(
                .unsupported, file: config.name,
                "model_type \"\(modelType)\" is not supported by this version; supported: \(types)")
        }
        try known.refuse(config)
        self = known
        weights = try known.weights.mapValues { try $0.resolved(by: config) }
    }
}
