// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

extension EncoderArchitecture {
    /// JinaBERT v2: BERT with gates and with attention scores that decrease with distance.
    ///
    /// Günther et al., *Jina Embeddings 2: 8192-Token General-Purpose Text Embeddings for Long Documents*, 2023,
    /// <https://arxiv.org/abs/2310.19923>.
    package static let jinaBert = EncoderArchitecture(
        modelTypes: ["jina_bert_v2"],
        prefixes: ["", "bert."],
        weights: [
            .tokenEmbedding: "embeddings.word_embeddings",
            .tokenTypeEmbedding: "embeddings.token_type_embeddings",
            .embeddingNorm: "embeddings.LayerNorm",
            .query: "encoder.layer.{layer}.attention.self.query",
            .key: "encoder.layer.{layer}.attention.self.key",
            .value: "encoder.layer.{layer}.attention.self.value",
            .attentionOutput: "encoder.layer.{layer}.attention.output.dense",
            .attentionNorm: "encoder.layer.{layer}.attention.output.LayerNorm",
            .gateUp: "encoder.layer.{layer}.mlp.gated_layers",
            .down: "encoder.layer.{layer}.mlp.wo",
            .feedForwardNorm: "encoder.layer.{layer}.mlp.layernorm",
        ],
        buffers: ["embeddings.position_ids"]
    ) { config in
        try config.require("position_embedding_type", in: "alibi")
        try config.require("feed_forward_type", in: "geglu", "reglu")
        let defaults: JSONObject = ["feed_forward_type": "geglu", "max_position_embeddings": 8192]
        let known = config.withDefaults(defaults).replacing("position_embedding_type", by: "absolute")
        let isRectified = known.values["feed_forward_type"] == "reglu"
        var spec = try bert.spec(known.replacing("hidden_act", by: isRectified ? "relu" : "gelu"))
        spec.embeddings.positions = nil
        spec.attention.relativeBias = .slopes(heads: spec.attention.headCount)
        spec.feedForward.gate = .fused(gateFirst: true)
        spec.feedForward.hasUpBias = false
        return spec
    }
}
