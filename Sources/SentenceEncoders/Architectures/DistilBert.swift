// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

extension EncoderArchitecture {
    /// DistilBERT: BERT without token types.
    ///
    /// Sanh et al., *DistilBERT, a distilled version of BERT*, 2019, <https://arxiv.org/abs/1910.01108>.
    package static let distilbert = EncoderArchitecture(
        modelTypes: ["distilbert"],
        prefixes: ["", "distilbert."],
        weights: [
            .tokenEmbedding: "embeddings.word_embeddings",
            .positionEmbedding: "embeddings.position_embeddings",
            .embeddingNorm: "embeddings.LayerNorm",
            .query: "transformer.layer.{layer}.attention.q_lin",
            .key: "transformer.layer.{layer}.attention.k_lin",
            .value: "transformer.layer.{layer}.attention.v_lin",
            .attentionOutput: "transformer.layer.{layer}.attention.out_lin",
            .attentionNorm: "transformer.layer.{layer}.sa_layer_norm",
            .up: "transformer.layer.{layer}.ffn.lin1",
            .down: "transformer.layer.{layer}.ffn.lin2",
            .feedForwardNorm: "transformer.layer.{layer}.output_layer_norm",
        ],
        buffers: ["embeddings.position_ids"]
    ) { config in
        var spec = EncoderSpec(
            vocabularySize: try config.dimension("vocab_size", default: 30522),
            hiddenSize: try config.hiddenSize("dim", default: 768, headsKey: "n_heads", heads: 12),
            layerCount: try config.layerCount("n_layers", default: 6),
            headCount: try config.dimension("n_heads", default: 12),
            feedForwardSize: try config.dimension("hidden_dim", default: 3072),
            activation: try config.activation("activation", default: "gelu"),
            norm: .layer(epsilon: 1e-12))
        spec.setLearnedPositions(count: try config.dimension("max_position_embeddings", default: 512))
        return spec
    }

    /// MPNet: BERT without token types, with one bucketed relative bias for all blocks.
    ///
    /// Song et al., *MPNet: Masked and Permuted Pre-training for Language Understanding*, 2020,
    /// <https://arxiv.org/abs/2004.09297>.
    package static let mpnet = EncoderArchitecture(
        modelTypes: ["mpnet"],
        prefixes: ["", "mpnet."],
        weights: [
            .tokenEmbedding: "embeddings.word_embeddings",
            .positionEmbedding: "embeddings.position_embeddings",
            .embeddingNorm: "embeddings.LayerNorm",
            .relativeBias: "encoder.relative_attention_bias",
            .query: "encoder.layer.{layer}.attention.attn.q",
            .key: "encoder.layer.{layer}.attention.attn.k",
            .value: "encoder.layer.{layer}.attention.attn.v",
            .attentionOutput: "encoder.layer.{layer}.attention.attn.o",
            .attentionNorm: "encoder.layer.{layer}.attention.LayerNorm",
            .up: "encoder.layer.{layer}.intermediate.dense",
            .down: "encoder.layer.{layer}.output.dense",
            .feedForwardNorm: "encoder.layer.{layer}.output.LayerNorm",
        ],
        buffers: ["embeddings.position_ids"]
    ) { config in
        var spec = try bert.spec(config.withDefaults(["vocab_size": 30527]))
        spec.embeddings.tokenTypeCount = 0
        // The reference fixes the padding id, the number of buckets, and the distance from which all share a bucket.
        try config.require("relative_attention_num_buckets", in: 32)
        try spec.startPositions(after: 1, config)
        spec.attention.relativeBias = .buckets(count: 32, maximumDistance: 128)
        return spec
    }
}
