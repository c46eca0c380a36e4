// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

extension EncoderArchitecture {
    /// BERT: norms after each sublayer, learned positions and token types.
    ///
    /// Devlin et al., *BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding*,
    /// 2018, <https://arxiv.org/abs/1810.04805>.
    package static let bert = EncoderArchitecture(
        modelTypes: ["bert"],
        prefixes: ["", "bert."],
        weights: [
            .tokenEmbedding: "embeddings.word_embeddings",
            .positionEmbedding: "embeddings.position_embeddings",
            .tokenTypeEmbedding: "embeddings.token_type_embeddings",
            .embeddingNorm: "embeddings.LayerNorm",
            .query: "encoder.layer.{layer}.attention.self.query",
            .key: "encoder.layer.{layer}.attention.self.key",
            .value: "encoder.layer.{layer}.attention.self.value",
            .attentionOutput: "encoder.layer.{layer}.attention.output.dense",
            .attentionNorm: "encoder.layer.{layer}.attention.output.LayerNorm",
            .up: "encoder.layer.{layer}.intermediate.dense",
            .down: "encoder.layer.{layer}.output.dense",
            .feedForwardNorm: "encoder.layer.{layer}.output.LayerNorm",
        ],
        buffers: ["embeddings.position_ids", "embeddings.token_type_ids"]
    ) { config in
        try config.require("position_embedding_type", in: "absolute", nil)
        try config.require("is_decoder", in: false)
        var spec = EncoderSpec(
            vocabularySize: try config.dimension("vocab_size", default: 30522),
            hiddenSize: try config.hiddenSize(default: 768, heads: 12),
            layerCount: try config.layerCount("num_hidden_layers", default: 12),
            headCount: try config.dimension("num_attention_heads", default: 12),
            feedForwardSize: try config.dimension("intermediate_size", default: 3072),
            activation: try config.activation("hidden_act", default: "gelu"),
            norm: .layer(epsilon: try config.float("layer_norm_eps", default: 1e-12)))
        spec.embeddings.tokenTypeCount = try config.dimension("type_vocab_size", default: 2)
        spec.setLearnedPositions(count: try config.dimension("max_position_embeddings", default: 512))
        return spec
    }

    /// RoBERTa: BERT whose positions start after the padding id.
    ///
    /// Liu et al., *RoBERTa: A Robustly Optimized BERT Pretraining Approach*, 2019, <https://arxiv.org/abs/1907.11692>.
    package static let roberta = bert.variant(
        modelTypes: ["roberta"], prefixes: ["", "roberta."], defaults: ["vocab_size": 50265]
    ) { spec, config in
        try spec.startPositions(after: config.token("pad_token_id", default: 1), config)
    }

    /// XLM-R and CamemBERT: RoBERTa for other languages.
    ///
    /// Conneau et al., *Unsupervised Cross-lingual Representation Learning at Scale*, 2019,
    /// <https://arxiv.org/abs/1911.02116>; Martin et al., *CamemBERT: a Tasty French Language Model*, 2019,
    /// <https://arxiv.org/abs/1911.03894>.
    package static let xlmRoberta = roberta.variant(
        modelTypes: ["xlm-roberta", "camembert"], prefixes: ["", "roberta."], defaults: ["vocab_size": 30522]
    ) { _, _ in }

    /// ELECTRA: BERT whose embeddings may be narrower than its blocks.
    ///
    /// Clark et al., *ELECTRA: Pre-training Text Encoders as Discriminators Rather Than Generators*, 2020,
    /// <https://arxiv.org/abs/2003.10555>.
    package static let electra = bert.variant(
        modelTypes: ["electra"], prefixes: ["", "electra."],
        weights: [.embeddingProjection: "embeddings_project"],
        defaults: ["hidden_size": 256, "num_attention_heads": 4, "intermediate_size": 1024]
    ) { spec, config in
        spec.embeddings.size = try config.dimension("embedding_size", default: 128)
    }
}
