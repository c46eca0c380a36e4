// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

extension EncoderArchitecture {
    /// The head with which models of this configuration's family predict masked tokens.
    ///
    /// - Throws: ``CheckpointError`` with code `unsupported` for families without one.
    static func maskedHead(_ config: ModelConfig) throws -> VocabularyHeadSpec {
        let type = try EncoderArchitecture(config: config).modelTypes[0]
        guard let head = maskedHeads[type] else { throw unsupported(config, type, "masked", maskedHeads.keys.sorted()) }
        return try head(config)
    }

    /// The head with which decoders predict the next token.
    ///
    /// - Throws: ``CheckpointError`` with code `unsupported` for families that are not decoders.
    static func causalHead(_ config: ModelConfig) throws -> VocabularyHeadSpec {
        let type = try EncoderArchitecture(config: config).modelTypes[0]
        guard let isTied = decoders[type] else { throw unsupported(config, type, "causal", decoders.keys.sorted()) }
        return VocabularyHeadSpec(output: "lm_head", isTiedByDefault: isTied)
    }

    private static func unsupported(
        _ config: ModelConfig, _ type: String, _ kind: String, _ known: [String]
    ) -> CheckpointError {
        CheckpointError(
            .unsupported, file: config.name,
            "models of type \"\(type)\" have no \(kind) language head that this version knows; those of these have: "
                + known.joined(separator: ", "))
    }

    private typealias Head = @Sendable (ModelConfig) throws -> VocabularyHeadSpec

    /// Whether a decoder's head uses its token embeddings if the configuration does not say.
    private static let decoders = [
        "llama": false, "mistral": false, "qwen2": false, "qwen3": false, "gemma3_text": true,
    ]

    /// By the first model type of each family.
    private static let maskedHeads: [String: Head] = [
        "bert": predictions("hidden_act"), "jina_bert_v2": predictions("hidden_act"),
        "nomic_bert": predictions("hidden_act"), "deberta": debertaHead, "deberta-v2": debertaHead,
        "roberta": languageHead, "xlm-roberta": languageHead, "mpnet": languageHead,
        "gte": { config in
            let layer = try transform(
                config, dense: "lm_head.dense", norm: ["lm_head.norm", "lm_head.layer_norm"],
                activation: config.activation("hidden_act", default: "gelu"))
            return VocabularyHeadSpec(
                layers: [layer], output: "lm_head.decoder", biasNames: ["lm_head.decoder.bias"])
        },
        "distilbert": { config in
            let layer = HeadLayer(
                weights: "vocab_transform", activation: try config.activation("activation", default: "gelu"),
                norm: HeadLayer.Norm(weights: "vocab_layer_norm", epsilon: 1e-12))
            return VocabularyHeadSpec(
                layers: [layer], output: "vocab_projector", biasNames: ["vocab_projector.bias"])
        },
        "electra": { config in
            let layer = try transform(
                config, dense: "generator_predictions.dense", norm: "generator_predictions.LayerNorm", activation: .gelu
            )
            return VocabularyHeadSpec(
                layers: [layer], output: "generator_lm_head", biasNames: ["generator_lm_head.bias"])
        },
        "albert": { config in
            let layer = try transform(
                config, dense: "predictions.dense", norm: "predictions.LayerNorm",
                activation: config.activation("hidden_act", default: "gelu_new"))
            return VocabularyHeadSpec(
                layers: [layer], output: "predictions.decoder",
                biasNames: ["predictions.decoder.bias", "predictions.bias"])
        },
        "modernbert": { config in
            let norm = try HeadLayer.Norm(
                weights: "head.norm", epsilon: config.float("norm_eps", default: 1e-5),
                hasBias: config.bool("norm_bias", default: false))
            let layer = try HeadLayer(
                weights: "head.dense", hasBias: config.bool("classifier_bias", default: false),
                activation: config.activation("classifier_activation", default: "gelu"), norm: norm)
            let hasBias = try config.bool("decoder_bias", default: true)
            return VocabularyHeadSpec(
                layers: [layer], output: "decoder", biasNames: hasBias ? ["decoder.bias"] : [])
        },
        "eurobert": { config in
            VocabularyHeadSpec(
                output: "lm_head", biasNames: try config.bool("mlp_bias", default: false) ? ["lm_head.bias"] : [],
                isTiedByDefault: false)
        },
    ]

    /// BERT's head.
    private static func predictions(_ activation: String) -> Head {
        { config in
            let layer = try transform(
                config, dense: "cls.predictions.transform.dense",
                norm: ["cls.predictions.transform.LayerNorm", "cls.predictions.transform.layer_norm"],
                activation: config.activation(activation, default: "gelu"))
            return VocabularyHeadSpec(
                layers: [layer], output: "cls.predictions.decoder",
                biasNames: ["cls.predictions.decoder.bias", "cls.predictions.bias"])
        }
    }

    /// DeBERTa's head: BERT's with the same names, or with its own names if `legacy` is false.
    private static let debertaHead: Head = { config in
        if try config.bool("legacy", default: true) { return try predictions("hidden_act")(config) }
        let layer = try transform(
            config, dense: "lm_predictions.lm_head.dense", norm: "lm_predictions.lm_head.LayerNorm",
            activation: config.activation("hidden_act", default: "gelu"))
        return VocabularyHeadSpec(
            layers: [layer], output: "lm_predictions.lm_head.dense", biasNames: ["lm_predictions.lm_head.bias"])
    }

    /// RoBERTa's head.
    private static let languageHead: Head = { config in
        let layer = try transform(
            config, dense: "lm_head.dense", norm: "lm_head.layer_norm", activation: .gelu)
        return VocabularyHeadSpec(
            layers: [layer], output: "lm_head.decoder", biasNames: ["lm_head.decoder.bias", "lm_head.bias"])
    }

    /// A dense layer and a norm with the encoder's epsilon.
    private static func transform(
        _ config: ModelConfig, dense: WeightSource, norm: WeightSource, activation: Activation
    ) throws -> HeadLayer {
        let epsilon = try EncoderArchitecture(config: config).spec(config).norm.epsilon
        return HeadLayer(weights: dense, activation: activation, norm: HeadLayer.Norm(weights: norm, epsilon: epsilon))
    }
}
