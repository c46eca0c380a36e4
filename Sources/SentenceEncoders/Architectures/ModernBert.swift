// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints

extension EncoderArchitecture {
    /// ModernBERT: norms before each sublayer, rotary positions, gates, and windows in most blocks.
    ///
    /// Warner et al., *Smarter, Better, Faster, Longer*, 2024, <https://arxiv.org/abs/2412.13663>.
    package static let modernBert = EncoderArchitecture(
        modelTypes: ["modernbert"],
        prefixes: ["", "model."],
        weights: [
            .tokenEmbedding: "embeddings.tok_embeddings",
            .embeddingNorm: "embeddings.norm",
            .attentionNorm: "layers.{layer}.attn_norm",
            .queryKeyValue: "layers.{layer}.attn.Wqkv",
            .attentionOutput: "layers.{layer}.attn.Wo",
            .feedForwardNorm: "layers.{layer}.mlp_norm",
            .gateUp: "layers.{layer}.mlp.Wi",
            .down: "layers.{layer}.mlp.Wo",
            .finalNorm: "final_norm",
        ]
    ) { config in
        let layerCount = try config.layerCount("num_hidden_layers", default: 22)
        var spec = EncoderSpec(
            vocabularySize: try config.dimension("vocab_size", default: 50368),
            hiddenSize: try config.hiddenSize(default: 768, heads: 12),
            layerCount: layerCount,
            headCount: try config.dimension("num_attention_heads", default: 12),
            feedForwardSize: try config.dimension("intermediate_size", default: 1152),
            activation: try config.activation("hidden_activation", default: "gelu"),
            norm: .layer(
                epsilon: try config.float("norm_eps", default: 1e-5),
                hasBias: try config.bool("norm_bias", default: false)),
            normPlacement: .pre)
        spec.normalizesFirstAttention = false
        spec.hasFinalNorm = true
        spec.attention.fusion = .parts
        spec.attention.setBiases(try config.bool("attention_bias", default: false))
        spec.feedForward.gate = .fused(gateFirst: true)
        spec.feedForward.hasUpBias = try config.bool("mlp_bias", default: false)
        spec.feedForward.hasDownBias = spec.feedForward.hasUpBias
        spec.maximumLength = try config.dimension("max_position_embeddings", default: 8192)
        try config.requireRotaryOfLayerTypes()
        func rotary(_ base: Double, _ baseKey: String, _ layer: String) throws -> RotaryOptions {
            try config.rotary(
                size: spec.attention.headSize, base: base, baseKey: baseKey, layer: layer,
                maximumLength: spec.maximumLength ?? .max)
        }
        let global = AttentionSpan(rotary: try rotary(160_000, "global_rope_theta", "full_attention"))
        // The width of the whole window; a newer key gives half of it, and takes precedence.
        let whole = try config.dimension("local_attention", default: 128)
        let half = try config.contains("sliding_window") ? config.int("sliding_window") : whole / 2
        guard half > 0 else { throw config.error("sliding_window", "expected a positive number") }
        let local = AttentionSpan(
            left: half, right: half, rotary: try rotary(10_000, "local_rope_theta", "sliding_attention"))
        let period = try config.dimension("global_attn_every_n_layers", default: 3)
        spec.spans = try config.spans(layerCount, full: global, sliding: local) { !$0.isMultiple(of: period) }
        return spec
    }
}
