// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceCheckpoints
import SentenceFiles

/// A family of models as data: what its configuration means and how its checkpoints name the weights.
package struct EncoderArchitecture: Sendable {
    /// The values of `model_type` in `config.json`.
    package let modelTypes: [String]
    /// What may stand before every name, most usual first: checkpoints of models with heads have one.
    package let prefixes: [String]
    /// The name of each slot's tensors.
    package private(set) var weights: [EncoderSlot: WeightSource]
    /// Endings of tensors under the encoder's names that are no parameters of it.
    package let buffers: Set<String>
    /// Parts of the names of tensors under the encoder's names that this configuration of it has no use for.
    package let unused: Set<String>
    /// The order of the rows of gate and width in checkpoints that have them as one matrix though the configuration does
    /// not say so.
    package let fusedGateOrder: GateOrder?
    /// From the configuration to dimensions and options.
    package let spec: @Sendable (ModelConfig) throws -> EncoderSpec

    /// Which rows stand above.
    package enum GateOrder: Sendable {
        case gateFirst, upFirst
    }

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

    /// An architecture that changes some of this one's options.
    ///
    /// `weights` are the names of slots that this one lacks, `defaults` what missing keys mean where it is something
    /// else; `change` gets the configuration with its defaults.
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

    /// The family that a configuration is of: JinaBERT calls itself BERT, and differs in how it knows positions.
    private static func modelType(_ config: ModelConfig) throws -> String {
        let type = try config.string("model_type")
        return type == "bert" && config.values["position_embedding_type"] == "alibi" ? "jina_bert_v2" : type
    }

    /// Families whose files say in which direction tokens see; in others every token sees all.
    private static let directed: Set = ["llama", "mistral", "qwen2", "qwen3", "gemma3_text", "eurobert", "lfm2"]

    /// Refuses what changes how any network computes, whatever its family, and what no family here reads.
    private func refuse(_ config: ModelConfig) throws {
        if Self.directed.isDisjoint(with: modelTypes) { try config.require("is_causal", in: false, nil) }
        for key in ["quantization_config", "compression_config"] where config.values[key] ?? .null != .null {
            throw config.error(
                key, "quantised checkpoints are not supported by this version; save the model with its full weights")
        }
        let pruned = config.values["pruned_heads"]?.asObject ?? [:]
        guard pruned.isEmpty else { throw config.error("pruned_heads", "expected a model with all of its heads") }
    }

    /// The architecture that `config.json` names.
    ///
    /// - Throws: ``CheckpointError`` with code `unsupported` that lists what is known; or if the configuration lacks a
    ///   key that names of weights are made of.
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
