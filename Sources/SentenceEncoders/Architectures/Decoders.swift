// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

extension EncoderArchitecture {
    /// The weight names that decoder models share.
    private static let decoderWeights: [EncoderSlot: WeightSource] = [
        .tokenEmbedding: "embed_tokens",
        .attentionNorm: "layers.{layer}.input_layernorm",
        .query: "layers.{layer}.self_attn.q_proj",
        .key: "layers.{layer}.self_attn.k_proj",
        .value: "layers.{layer}.self_attn.v_proj",
        .attentionOutput: "layers.{layer}.self_attn.o_proj",
        .feedForwardNorm: "layers.{layer}.post_attention_layernorm",
        .gate: "layers.{layer}.mlp.gate_proj",
        .up: "layers.{layer}.mlp.up_proj",
        .down: "layers.{layer}.mlp.down_proj",
        .finalNorm: "norm",
    ]

    /// Llama: norms before each sublayer, rotary positions, gates, shared keys and values; causal.
    ///
    /// Touvron et al., *LLaMA: Open and Efficient Foundation Language Models*, 2023, <https://arxiv.org/abs/2302.13971>.
    package static let llama = EncoderArchitecture(
        modelTypes: ["llama"], prefixes: ["", "model."], weights: decoderWeights, buffers: ["rotary_emb.inv_freq"]
    ) { config in
        var spec = try config.decoder(vocabularySize: 32000, feedForwardSize: 11008, maximumLength: 2048)
        spec.attention.setBiases(try config.bool("attention_bias", default: false))
        spec.feedForward.hasUpBias = try config.bool("mlp_bias", default: false)
        spec.feedForward.hasDownBias = spec.feedForward.hasUpBias
        return spec
    }

    /// EuroBERT: Llama without the causal mask.
    ///
    /// Boizard et al., *EuroBERT: Scaling Multilingual Encoders for European Languages*, 2025,
    /// <https://arxiv.org/abs/2503.05500>.
    package static let euroBert = llama.variant(
        modelTypes: ["eurobert"], prefixes: ["", "model."],
        defaults: [
            "vocab_size": 128256, "hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12,
            "num_attention_heads": 12, "max_position_embeddings": 8192, "rms_norm_eps": 1e-5, "is_causal": false,
        ]
    ) { _, _ in }

    /// Mistral: Llama with a sliding window; given types of layers, Ministral, whose files also say "mistral".
    ///
    /// Jiang et al., *Mistral 7B*, 2023, <https://arxiv.org/abs/2310.06825>.
    package static let mistral = EncoderArchitecture(
        modelTypes: ["mistral"], prefixes: ["", "model."], weights: decoderWeights
    ) { config in
        var spec = try config.withDefaults(["num_key_value_heads": 8])
            .decoder(vocabularySize: 32000, feedForwardSize: 14336, maximumLength: 131_072)
        try config.setWindows(config.window(default: 4096), &spec) { _ in true }
        return spec
    }

    /// Qwen2: Llama with biases for query, key and value.
    ///
    /// Yang et al., *Qwen2 Technical Report*, 2024, <https://arxiv.org/abs/2407.10671>.
    package static let qwen2 = EncoderArchitecture(
        modelTypes: ["qwen2"], prefixes: ["", "model."], weights: decoderWeights
    ) { config in
        var spec = try config.withDefaults(["num_key_value_heads": 32])
            .decoder(vocabularySize: 151_936, feedForwardSize: 22016, maximumLength: 32768)
        spec.attention.hasQueryKeyBias = true
        spec.attention.hasValueBias = true
        try config.setLateWindows(&spec)
        return spec
    }

    /// Qwen3: Llama with normalised query and key heads.
    ///
    /// Yang et al., *Qwen3 Technical Report*, 2025, <https://arxiv.org/abs/2505.09388>.
    package static let qwen3 = EncoderArchitecture(
        modelTypes: ["qwen3"], prefixes: ["", "model."],
        weights: decoderWeights.merging(
            [.queryNorm: "layers.{layer}.self_attn.q_norm", .keyNorm: "layers.{layer}.self_attn.k_norm"]
        ) { $1 }
    ) { config in
        var spec = try config.withDefaults(["num_key_value_heads": 32, "head_dim": 128])
            .decoder(vocabularySize: 151_936, feedForwardSize: 22016, maximumLength: 32768)
        spec.attention.setBiases(try config.bool("attention_bias", default: false))
        spec.attention.normalizesHeads = true
        try config.setLateWindows(&spec)
        return spec
    }

    /// The text part of Gemma 3: norms on both sides of each sublayer, scaled embeddings, windows in most blocks.
    ///
    /// Gemma Team, *Gemma 3 Technical Report*, 2025, <https://arxiv.org/abs/2503.19786>.
    package static let gemma3 = EncoderArchitecture(
        modelTypes: ["gemma3_text"], prefixes: ["", "model."],
        weights: decoderWeights.merging([
            .queryNorm: "layers.{layer}.self_attn.q_norm",
            .keyNorm: "layers.{layer}.self_attn.k_norm",
            .attentionOutputNorm: "layers.{layer}.post_attention_layernorm",
            .feedForwardNorm: "layers.{layer}.pre_feedforward_layernorm",
            .feedForwardOutputNorm: "layers.{layer}.post_feedforward_layernorm",
        ]) { $1 }
    ) { config in
        for key in ["attn_logit_softcapping", "final_logit_softcapping"] { try config.require(key, in: nil) }
        try config.requireRotaryOfLayerTypes()
        let defaults: JSONObject = [
            "hidden_size": 2304, "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4,
            "head_dim": 256, "hidden_act": config.values["hidden_activation"] ?? "gelu_pytorch_tanh",
        ]
        let config = config.withDefaults(defaults)
        var spec = try config.decoder(vocabularySize: 262_208, feedForwardSize: 9216, maximumLength: 131_072)
        spec.normPlacement = .sandwich
        spec.norm.kind = .rootMeanSquare(offset: 1)
        spec.embeddings.scale = Float(spec.hiddenSize).squareRoot()
        spec.attention.setBiases(try config.bool("attention_bias", default: false))
        spec.attention.normalizesHeads = true
        let scalar = try config.float("query_pre_attn_scalar", default: 256)
        guard scalar > 0 else { throw config.error("query_pre_attn_scalar", "expected a positive number") }
        spec.attention.scale = 1 / scalar.squareRoot()
        let size = spec.attention.headSize
        let reach = try config.gemmaReach()
        let full = AttentionSpan(
            right: reach.right == 0 ? 0 : nil,
            rotary: try config.rotary(
                size: size, base: 1_000_000, layer: "full_attention", maximumLength: spec.maximumLength ?? .max))
        let sliding = AttentionSpan(
            left: reach.left, right: reach.right, rotary: try config.localRotary(spec))
        let period = try config.dimension(
            config.contains("sliding_window_pattern") ? "sliding_window_pattern" : "_sliding_window_pattern", default: 6
        )
        spec.spans = try config.spans(spec.layerCount, full: full, sliding: sliding) {
            !($0 + 1).isMultiple(of: period)
        }
        return spec
    }
}

extension ModelConfig {
    /// How far the windows of Gemma 3 reach to the left and to the right.
    fileprivate func gemmaReach() throws -> (left: Int, right: Int) {
        let window = try dimension("sliding_window", default: 4096), isCausal = try isCausal
        guard try bool("use_bidirectional_attention", default: false) else {
            return isCausal ? (window - 1, 0) : (window, window)
        }
        // Here the file gives the width of the whole window. The reference halves it to a bound; its own mask excludes
        // the token at the bound, the mask of models that are not causal includes it.
        let reach = isCausal ? window / 2 : window / 2 + 1
        return (reach, reach)
    }
}
