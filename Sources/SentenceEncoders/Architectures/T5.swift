// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

extension EncoderArchitecture {
    /// The encoder of T5: RMS norms before each sublayer, no biases, one bucketed relative bias.
    ///
    /// Raffel et al., *Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer*, 2019,
    /// <https://arxiv.org/abs/1910.10683>.
    package static let t5 = EncoderArchitecture(
        modelTypes: ["t5"],
        prefixes: [""],
        weights: [
            .tokenEmbedding: ["encoder.embed_tokens", "shared"],
            .relativeBias: "encoder.block.0.layer.0.SelfAttention.relative_attention_bias",
            .attentionNorm: "encoder.block.{layer}.layer.0.layer_norm",
            .query: "encoder.block.{layer}.layer.0.SelfAttention.q",
            .key: "encoder.block.{layer}.layer.0.SelfAttention.k",
            .value: "encoder.block.{layer}.layer.0.SelfAttention.v",
            .attentionOutput: "encoder.block.{layer}.layer.0.SelfAttention.o",
            .feedForwardNorm: "encoder.block.{layer}.layer.1.layer_norm",
            .gate: "encoder.block.{layer}.layer.1.DenseReluDense.wi_0",
            .up: [
                "encoder.block.{layer}.layer.1.DenseReluDense.wi_1", "encoder.block.{layer}.layer.1.DenseReluDense.wi",
            ],
            .down: "encoder.block.{layer}.layer.1.DenseReluDense.wo",
            .finalNorm: "encoder.final_layer_norm",
        ],
        // Some checkpoints have the table under both of its names; if they differ, the encoder reads its own.
        buffers: ["encoder.embed_tokens.weight", "shared.weight"]
    ) { config in
        let projection = try config.string("feed_forward_proj", default: "relu")
        let isGatedByName = projection.hasPrefix("gated-")
        // The reference's first gated models were trained with the tanh approximation.
        let activation = projection == "gated-gelu" ? "gelu_new" : String(projection.dropFirst(isGatedByName ? 6 : 0))
        let isGated = try config.bool("is_gated_act", default: isGatedByName)
        try config.require("is_decoder", in: false)
        var spec = EncoderSpec(
            vocabularySize: try config.dimension("vocab_size", default: 32128),
            hiddenSize: try config.dimension("d_model", default: 512),
            layerCount: try config.layerCount("num_layers", default: 6),
            headCount: try config.dimension("num_heads", default: 8),
            feedForwardSize: try config.dimension("d_ff", default: 2048),
            // Newer versions also write this key, though it follows from the other; it takes precedence.
            activation: try config.contains("dense_act_fn")
                ? config.activation("dense_act_fn", default: activation)
                : config.activation(named: activation, "feed_forward_proj"),
            norm: .rootMeanSquare(epsilon: try config.float("layer_norm_epsilon", default: 1e-6)),
            normPlacement: .pre)
        spec.embeddings.hasNorm = false
        spec.hasFinalNorm = true
        spec.attention.headSize = try config.dimension("d_kv", default: 64)
        spec.attention.scale = 1
        spec.attention.setBiases(false)
        spec.attention.relativeBias = try config.distanceBuckets(
            "relative_attention_num_buckets",
            maximumDistance: try config.dimension("relative_attention_max_distance", default: 128))
        spec.feedForward.gate = isGated ? .separate : .none
        (spec.feedForward.hasUpBias, spec.feedForward.hasDownBias) = (false, false)
        return spec
    }
    /// The encoder of mT5: T5 with gates.
    ///
    /// Xue et al., *mT5: A Massively Multilingual Pre-trained Text-to-Text Transformer*, 2020,
    /// <https://arxiv.org/abs/2010.11934>.
    package static let mt5 = t5.variant(
        modelTypes: ["mt5"], prefixes: [""],
        defaults: [
            "vocab_size": 250_112, "d_ff": 1024, "num_layers": 8, "num_heads": 6, "feed_forward_proj": "gated-gelu",
        ]
    ) { _, _ in }
}
