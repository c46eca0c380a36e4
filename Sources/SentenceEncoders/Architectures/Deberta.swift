// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints

extension EncoderArchitecture {
    /// DeBERTa of the second and third kind: BERT whose attention compares tokens and distances.
    ///
    /// He et al., *DeBERTaV3: Improving DeBERTa using ELECTRA-Style Pre-Training with Gradient-Disentangled Embedding
    /// Sharing*, 2021, <https://arxiv.org/abs/2111.09543>.
    package static let debertaV2 = EncoderArchitecture(
        modelTypes: ["deberta-v2"],
        prefixes: ["", "deberta."],
        weights: [
            .tokenEmbedding: "embeddings.word_embeddings",
            .positionEmbedding: "embeddings.position_embeddings",
            .tokenTypeEmbedding: "embeddings.token_type_embeddings",
            .embeddingNorm: "embeddings.LayerNorm",
            .distanceEmbedding: "encoder.rel_embeddings",
            .distanceNorm: "encoder.LayerNorm",
            .query: "encoder.layer.{layer}.attention.self.query_proj",
            .key: "encoder.layer.{layer}.attention.self.key_proj",
            .value: "encoder.layer.{layer}.attention.self.value_proj",
            .distanceQuery: "encoder.layer.{layer}.attention.self.pos_query_proj",
            .distanceKey: "encoder.layer.{layer}.attention.self.pos_key_proj",
            .attentionOutput: "encoder.layer.{layer}.attention.output.dense",
            .attentionNorm: "encoder.layer.{layer}.attention.output.LayerNorm",
            .up: "encoder.layer.{layer}.intermediate.dense",
            .down: "encoder.layer.{layer}.output.dense",
            .feedForwardNorm: "encoder.layer.{layer}.output.LayerNorm",
        ],
        buffers: ["embeddings.position_ids"]
    ) { config in
        try config.require("conv_kernel_size", in: 0)
        let typeCount = try config.int("type_vocab_size", default: 0)
        let defaults: [String: JSONValue] = [
            "vocab_size": 128_100, "hidden_size": 1536, "num_hidden_layers": 24, "num_attention_heads": 24,
            "intermediate_size": 6144, "layer_norm_eps": 1e-7,
        ]
        let config = config.withDefaults(defaults)
        var spec = try bert.spec(config.replacing("type_vocab_size", by: 1))
        try config.require("embedding_size", in: .int(spec.hiddenSize))
        spec.embeddings.tokenTypeCount = typeCount == 0 ? 0 : try config.dimension("type_vocab_size", default: 1)
        if try !config.bool("position_biased_input", default: true) { spec.embeddings.positions = nil }
        try config.setDisentangled(&spec)
        return spec
    }
}

extension ModelConfig {
    /// What attention makes of distances.
    fileprivate func setDisentangled(_ spec: inout EncoderSpec) throws {
        let text = values["pos_att_type"]?.asString?.lowercased().split(separator: "|").map(String.init)
        let kinds = try text ?? optionalStrings("pos_att_type") ?? []
        let isRelative = try bool("relative_attention", default: false)
        guard Set(kinds) == (isRelative ? ["c2p", "p2c"] : []) else {
            throw error("pos_att_type", "supported: c2p and p2c with relative_attention, none without it")
        }
        guard isRelative else { return }
        // Three products are added.
        spec.attention.scale = 1 / (Float(spec.attention.headSize) * 3).squareRoot()
        let farthest = try int("max_relative_positions", default: -1)
        let positions = try dimension("max_position_embeddings", default: 512)
        let maximum = farthest < 1 ? positions : try dimension("max_relative_positions", default: 1)
        let buckets = try int("position_buckets", default: -1)
        if buckets > 0 {
            guard buckets >= 4, buckets < 1 << 20, maximum - 1 > buckets / 2 else {
                throw error("position_buckets", "expected 4 or more, and less than twice the distance \(maximum)")
            }
        }
        let norms = try string("norm_rel_ebd", default: "none").lowercased().split(separator: "|")
        spec.attention.disentangled = DisentangledOptions(
            span: buckets > 0 ? buckets : maximum, maximumDistance: buckets > 0 ? maximum : nil,
            sharesProjections: try bool("share_att_key", default: false), hasNorm: norms.contains("layer_norm"))
    }
}
