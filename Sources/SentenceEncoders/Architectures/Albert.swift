// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

extension EncoderArchitecture {
    /// ALBERT: BERT with narrow embeddings whose blocks share their weights.
    ///
    /// Lan et al., *ALBERT: A Lite BERT for Self-supervised Learning of Language Representations*, 2019,
    /// <https://arxiv.org/abs/1909.11942>.
    package static let albert = EncoderArchitecture(
        modelTypes: ["albert"],
        prefixes: ["", "albert."],
        weights: [
            .tokenEmbedding: "embeddings.word_embeddings",
            .positionEmbedding: "embeddings.position_embeddings",
            .tokenTypeEmbedding: "embeddings.token_type_embeddings",
            .embeddingNorm: "embeddings.LayerNorm",
            .embeddingProjection: "encoder.embedding_hidden_mapping_in",
            .query: "encoder.albert_layer_groups.{layer}.albert_layers.0.attention.query",
            .key: "encoder.albert_layer_groups.{layer}.albert_layers.0.attention.key",
            .value: "encoder.albert_layer_groups.{layer}.albert_layers.0.attention.value",
            .attentionOutput: "encoder.albert_layer_groups.{layer}.albert_layers.0.attention.dense",
            .attentionNorm: "encoder.albert_layer_groups.{layer}.albert_layers.0.attention.LayerNorm",
            .up: "encoder.albert_layer_groups.{layer}.albert_layers.0.ffn",
            .down: "encoder.albert_layer_groups.{layer}.albert_layers.0.ffn_output",
            .feedForwardNorm: "encoder.albert_layer_groups.{layer}.albert_layers.0.full_layer_layer_norm",
        ],
        buffers: ["embeddings.position_ids"]
    ) { config in
        try config.require("inner_group_num", in: 1)
        let defaults: JSONObject = [
            "vocab_size": 30000, "hidden_size": 4096, "num_attention_heads": 64, "intermediate_size": 16384,
            "hidden_act": "gelu_new",
        ]
        var spec = try bert.spec(config.withDefaults(defaults))
        spec.embeddings.size = try config.dimension("embedding_size", default: 128)
        spec.layerGroupCount = try config.dimension("num_hidden_groups", default: 1)
        guard spec.layerGroupCount <= spec.layerCount else {
            throw config.error("num_hidden_groups", "expected at most num_hidden_layers, \(spec.layerCount)")
        }
        return spec
    }
}
