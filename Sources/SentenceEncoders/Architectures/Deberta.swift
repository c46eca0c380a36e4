// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

extension EncoderArchitecture {
    /// The weight names that all DeBERTa models share.
    private static let sharedWeights: [EncoderSlot: WeightSource] = [
        .tokenEmbedding: "embeddings.word_embeddings",
        .positionEmbedding: "embeddings.position_embeddings",
        .tokenTypeEmbedding: "embeddings.token_type_embeddings",
        .embeddingNorm: "embeddings.LayerNorm",
        .distanceEmbedding: "encoder.rel_embeddings",
        .attentionOutput: "encoder.layer.{layer}.attention.output.dense",
        .attentionNorm: "encoder.layer.{layer}.attention.output.LayerNorm",
        .up: "encoder.layer.{layer}.intermediate.dense",
        .down: "encoder.layer.{layer}.output.dense",
        .feedForwardNorm: "encoder.layer.{layer}.output.LayerNorm",
    ]

    /// DeBERTa: BERT whose attention compares tokens and distances.
    ///
    /// He et al., *DeBERTa: Decoding-enhanced BERT with Disentangled Attention*, 2020,
    /// <https://arxiv.org/abs/2006.03654>.
    package static let deberta = EncoderArchitecture(
        modelTypes: ["deberta"],
        prefixes: ["", "deberta."],
        weights: sharedWeights.merging([
            .queryKeyValue: "encoder.layer.{layer}.attention.self.in_proj",
            .queryBias: "encoder.layer.{layer}.attention.self.q_bias",
            .valueBias: "encoder.layer.{layer}.attention.self.v_bias",
            .distanceQuery: "encoder.layer.{layer}.attention.self.pos_q_proj",
            .distanceKey: "encoder.layer.{layer}.attention.self.pos_proj",
        ]) { $1 },
        buffers: ["embeddings.position_ids"]
    ) { config in
        try config.require("talking_head", in: false)
        var spec = try config.withDefaults(["vocab_size": 50265, "layer_norm_eps": 1e-7]).debertaSpec()
        spec.attention.fusion = .heads
        let reach = try config.distanceReach(&spec)
        spec.attention.disentangled = reach.map {
            DisentangledOptions(
                span: $0, maximumDistance: nil, sharesProjections: false, hasKeyBias: false, hasNorm: false)
        }
        return spec
    }

    /// DeBERTa v2 and v3: large distances share vectors, and distances may use the query and key projections of tokens.
    ///
    /// He et al., *DeBERTaV3: Improving DeBERTa using ELECTRA-Style Pre-Training with Gradient-Disentangled Embedding
    /// Sharing*, 2021, <https://arxiv.org/abs/2111.09543>.
    package static let debertaV2 = EncoderArchitecture(
        modelTypes: ["deberta-v2"],
        prefixes: ["", "deberta."],
        weights: sharedWeights.merging([
            .distanceNorm: "encoder.LayerNorm",
            .query: "encoder.layer.{layer}.attention.self.query_proj",
            .key: "encoder.layer.{layer}.attention.self.key_proj",
            .value: "encoder.layer.{layer}.attention.self.value_proj",
            .distanceQuery: "encoder.layer.{layer}.attention.self.pos_query_proj",
            .distanceKey: "encoder.layer.{layer}.attention.self.pos_key_proj",
        ]) { $1 },
        buffers: ["embeddings.position_ids"]
    ) { config in
        try config.require("conv_kernel_size", in: 0)
        let defaults: JSONObject = [
            "vocab_size": 128_100, "hidden_size": 1536, "num_hidden_layers": 24, "num_attention_heads": 24,
            "intermediate_size": 6144, "layer_norm_eps": 1e-7,
        ]
        var spec = try config.withDefaults(defaults).debertaSpec()
        let reach = try config.distanceReach(&spec)
        spec.attention.disentangled = try reach.map { try config.bucketedDistances(upTo: $0) }
        return spec
    }
}

extension ModelConfig {
    /// BERT, where token types and positions may be missing.
    fileprivate func debertaSpec() throws -> EncoderSpec {
        let typeCount = try int("type_vocab_size", default: 0)
        var spec = try EncoderArchitecture.bert.spec(replacing("type_vocab_size", by: 1))
        try require("embedding_size", in: .int(spec.hiddenSize))
        spec.embeddings.tokenTypeCount = typeCount == 0 ? 0 : try dimension("type_vocab_size", default: 1)
        if try !bool("position_biased_input", default: true) { spec.embeddings.positions = nil }
        return spec
    }

    /// The largest distance with a vector of its own, nil if attention does not compare distances.
    ///
    /// If it does, sets the scale for the sum of three products.
    fileprivate func distanceReach(_ spec: inout EncoderSpec) throws -> Int? {
        let text = values["pos_att_type"]?.asString?.lowercased().filter { !$0.isWhitespace }
        let kinds = try text?.split(separator: "|").map(String.init) ?? optionalStrings("pos_att_type") ?? []
        let isRelative = try bool("relative_attention", default: false)
        guard Set(kinds) == (isRelative ? ["c2p", "p2c"] : []) else {
            throw error("pos_att_type", "supported: c2p and p2c with relative_attention, none without it")
        }
        guard isRelative else { return nil }
        spec.attention.scale = 1 / (Float(spec.attention.headSize) * 3).squareRoot()
        let farthest = try int("max_relative_positions", default: -1)
        let positions = try dimension("max_position_embeddings", default: 512)
        return farthest < 1 ? positions : try dimension("max_relative_positions", default: 1)
    }

    /// Distances grouped in buckets, if the configuration asks for that.
    fileprivate func bucketedDistances(upTo maximum: Int) throws -> DisentangledOptions {
        let buckets = try int("position_buckets", default: -1)
        if buckets > 0 {
            guard buckets >= 4, buckets < 1 << 20, maximum - 1 > buckets / 2 else {
                throw error("position_buckets", "expected 4 or more, and less than twice the distance \(maximum)")
            }
        }
        let norms = try string("norm_rel_ebd", default: "none").lowercased().split(separator: "|")
        return DisentangledOptions(
            span: buckets > 0 ? buckets : maximum, maximumDistance: buckets > 0 ? maximum : nil,
            sharesProjections: try bool("share_att_key", default: false), hasNorm: norms.contains("layer_norm"))
    }
}
