// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints

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
}
