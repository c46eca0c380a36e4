// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

extension EncoderArchitecture {
    /// Nomic's BERT: rotary positions, gates and no biases.
    ///
    /// Nussbaum et al., *Nomic Embed: Training a Reproducible Long Context Text Embedder*, 2024,
    /// <https://arxiv.org/abs/2402.01613>.
    package static let nomicBert = EncoderArchitecture(
        modelTypes: ["nomic_bert"],
        prefixes: ["", "bert.", "nomic_bert."],
        weights: [
            .tokenEmbedding: "embeddings.word_embeddings",
            .tokenTypeEmbedding: "embeddings.token_type_embeddings",
            .embeddingNorm: ["emb_ln", "embeddings.LayerNorm"],
            .query: "layers.{layer}.self_attn.q_proj",
            .key: "layers.{layer}.self_attn.k_proj",
            .value: "layers.{layer}.self_attn.v_proj",
            .queryKeyValue: "encoder.layers.{layer}.attn.Wqkv",
            .attentionOutput: ["encoder.layers.{layer}.attn.out_proj", "layers.{layer}.self_attn.o_proj"],
            .attentionNorm: ["encoder.layers.{layer}.norm1", "layers.{layer}.post_attention_layernorm"],
            .gate: ["encoder.layers.{layer}.mlp.fc12", "layers.{layer}.mlp.gate_proj"],
            .up: ["encoder.layers.{layer}.mlp.fc11", "layers.{layer}.mlp.up_proj"],
            .down: ["encoder.layers.{layer}.mlp.fc2", "layers.{layer}.mlp.down_proj"],
            .feedForwardNorm: ["encoder.layers.{layer}.norm2", "layers.{layer}.post_mlp_layernorm"],
        ],
        buffers: ["rotary_emb.inv_freq"]
    ) { config in
        // The original authors' configurations use GPT-2's names for the keys.
        let renamed = config.renaming([
            "n_embd": "hidden_size", "n_head": "num_attention_heads", "n_inner": "intermediate_size",
            "n_layer": "num_hidden_layers", "n_positions": "max_position_embeddings",
            "layer_norm_epsilon": "layer_norm_eps", "rotary_emb_base": "rope_theta",
            "rotary_emb_fraction": "partial_rotary_factor", "activation_function": "hidden_act",
        ])
        for key in ["qkv_proj_bias", "mlp_fc1_bias", "mlp_fc2_bias", "prenorm", "rotary_emb_interleaved"] {
            try config.require(key, in: false)
        }
        try config.require("num_experts", in: 0)
        try config.require("rotary_scaling_factor", in: nil)
        if config.contains("n_embd") { try config.require("activation_function", in: "swiglu") }
        let known = renamed.values["hidden_act"] == "swiglu" ? renamed.replacing("hidden_act", by: "silu") : renamed
        let defaults: JSONObject = [
            "vocab_size": 30528, "hidden_act": "silu", "max_position_embeddings": 2048,
        ]
        var spec = try bert.spec(known.withDefaults(defaults))
        spec.embeddings.positions = nil
        spec.attention.setBiases(false)
        spec.feedForward.gate = .separate
        (spec.feedForward.hasUpBias, spec.feedForward.hasDownBias) = (false, false)
        let rotary = try known.rotary(
            size: spec.attention.headSize, base: 1000, maximumLength: spec.maximumLength ?? 2048, turnsParts: true)
        spec.spans = Array(repeating: AttentionSpan(rotary: rotary), count: spec.layerCount)
        return spec
    }

    /// GTE of the second generation ("new"): BERT with rotary positions and gates.
    ///
    /// Zhang et al., *mGTE: Generalized Long-Context Text Representation and Reranking Models*, 2024,
    /// <https://arxiv.org/abs/2407.19669>.
    package static let gte = EncoderArchitecture(
        modelTypes: ["gte", "new"],
        prefixes: ["", "new.", "gte."],
        weights: [
            .tokenEmbedding: "embeddings.word_embeddings",
            .tokenTypeEmbedding: "embeddings.token_type_embeddings",
            .embeddingNorm: "embeddings.LayerNorm",
            .query: "layers.{layer}.self_attn.q_proj",
            .key: "layers.{layer}.self_attn.k_proj",
            .value: "layers.{layer}.self_attn.v_proj",
            .queryKeyValue: "encoder.layer.{layer}.attention.qkv_proj",
            .attentionOutput: ["encoder.layer.{layer}.attention.o_proj", "layers.{layer}.self_attn.o_proj"],
            .attentionNorm: ["encoder.layer.{layer}.attn_ln", "layers.{layer}.post_attention_layernorm"],
            .gate: "layers.{layer}.mlp.gate_proj",
            .up: "layers.{layer}.mlp.up_proj",
            .gateUp: "encoder.layer.{layer}.mlp.up_gate_proj",
            .down: ["encoder.layer.{layer}.mlp.down_proj", "layers.{layer}.mlp.down_proj"],
            .feedForwardNorm: ["encoder.layer.{layer}.mlp_ln", "layers.{layer}.post_mlp_layernorm"],
        ],
        buffers: ["rotary_emb.inv_freq", "embeddings.position_ids"],
        fusedGateOrder: .upFirst
    ) { config in
        try config.require("position_embedding_type", in: "rope")
        try config.require("layer_norm_type", in: "layer_norm")
        try config.require("pack_qkv", in: true)
        // The original authors omit the types where there is only one.
        let typeCount = try config.int("type_vocab_size", default: 1)
        let renamed = config.replacing("position_embedding_type", by: "absolute").replacing("type_vocab_size", by: 1)
        var spec = try bert.spec(
            renamed.withDefaults(["vocab_size": 250_048, "max_position_embeddings": 8192]))
        spec.embeddings.tokenTypeCount = typeCount == 0 ? 0 : try config.dimension("type_vocab_size", default: 1)
        spec.embeddings.positions = nil
        spec.feedForward.gate = .separate
        spec.feedForward.hasUpBias = false
        let rotary = try config.rotary(
            size: spec.attention.headSize, base: 160_000, maximumLength: spec.maximumLength ?? 8192, turnsParts: true)
        spec.spans = Array(repeating: AttentionSpan(rotary: rotary), count: spec.layerCount)
        return spec
    }
}
