// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

extension EncoderArchitecture {
    /// LFM2: a decoder with normalised heads, most of whose blocks have a short convolution instead of attention.
    ///
    /// Liquid AI, *LFM2 Technical Report*, 2025, <https://arxiv.org/abs/2511.23404>.
    package static let lfm2 = EncoderArchitecture(
        modelTypes: ["lfm2"],
        prefixes: ["", "model."],
        weights: [
            .tokenEmbedding: "embed_tokens",
            .attentionNorm: "layers.{layer}.operator_norm",
            .query: "layers.{layer}.self_attn.q_proj",
            .key: "layers.{layer}.self_attn.k_proj",
            .value: "layers.{layer}.self_attn.v_proj",
            .queryNorm: "layers.{layer}.self_attn.q_layernorm",
            .keyNorm: "layers.{layer}.self_attn.k_layernorm",
            .attentionOutput: "layers.{layer}.self_attn.out_proj",
            .convolutionInput: "layers.{layer}.conv.in_proj",
            .convolution: "layers.{layer}.conv.conv",
            .convolutionOutput: "layers.{layer}.conv.out_proj",
            .feedForwardNorm: "layers.{layer}.ffn_norm",
            .gate: "layers.{layer}.feed_forward.w1",
            .up: "layers.{layer}.feed_forward.w3",
            .down: "layers.{layer}.feed_forward.w2",
            .finalNorm: "embedding_norm",
        ],
        buffers: ["rotary_emb.inv_freq"]
    ) { config in
        let defaults: JSONObject = ["hidden_size": 2560, "num_key_value_heads": 8]
        var spec = try config.withDefaults(defaults).decoder(
            vocabularySize: 65536, feedForwardSize: 12288, maximumLength: 128_000, rotaryBase: 1_000_000)
        spec.norm.epsilon = try config.float("norm_eps", default: 1e-5)
        spec.attention.normalizesHeads = true
        spec.feedForward.activation = .silu
        spec.feedForward.size = try config.blockFeedForwardSize()
        spec.convolution = ShortConvolutionOptions(
            taps: try config.dimension("conv_L_cache", default: 3, in: 1...1 << 10),
            hasBias: try config.bool("conv_bias", default: false), layers: try config.convolutionLayers(spec.layerCount)
        )
        return spec
    }
}

extension ModelConfig {
    /// The blocks with a convolution: those that `layer_types` says, or else all that are not in `full_attn_idxs`.
    fileprivate func convolutionLayers(_ count: Int) throws -> Set<Int> {
        guard let types = try optionalStrings("layer_types") else {
            return try optionalInts("full_attn_idxs").map { Set(0..<count).subtracting($0) } ?? []
        }
        try requireOneType(types, forEachOf: count)
        guard types.allSatisfy(["conv", "full_attention"].contains) else {
            throw error("layer_types", #"supported: "conv", "full_attention""#)
        }
        return Set((0..<count).filter { types[$0] == "conv" })
    }

    /// The width of the feed-forward layer.
    ///
    /// Two thirds of the configured size, times a factor and rounded up, unless the file says otherwise.
    fileprivate func blockFeedForwardSize() throws -> Int {
        let key = contains("block_ff_dim") ? "block_ff_dim" : "intermediate_size"
        let size = try dimension(key, default: 12288)
        guard try bool("block_auto_adjust_ff_dim", default: true) else { return size }
        let adjusted = 2 * size / 3
        guard adjusted >= 1 else { throw error(key, "expected at least 2") }
        if isNull("block_ffn_dim_multiplier") { return adjusted }
        let multiple = try dimension("block_multiple_of", default: 256)
        let factor = try double("block_ffn_dim_multiplier", default: 1)
        let scaled = Double(adjusted) * factor
        guard scaled >= 1, scaled <= 0x1p28 else {
            throw error("block_ffn_dim_multiplier", "expected a number that leaves a width of 1 to \(1 << 28)")
        }
        return (Int(scaled) + multiple - 1) / multiple * multiple
    }
}
