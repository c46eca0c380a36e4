// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

extension EncoderArchitecture {
    /// The head with which models of this configuration's family classify texts.
    ///
    /// - Throws: ``CheckpointError`` with code `unsupported` for families without one.
    static func classificationHead(_ config: ModelConfig) throws -> ClassificationHeadSpec {
        let type = try EncoderArchitecture(config: config).modelTypes[0]
        guard let head = classificationHeads[type] else {
            throw CheckpointError(
                .unsupported, file: config.name,
                "models of type \"\(type)\" have no classification head that this version knows; those of these have: "
                    + classificationHeads.keys.sorted().joined(separator: ", "))
        }
        return try head(config)
    }

    private typealias Head = @Sendable (ModelConfig) throws -> ClassificationHeadSpec

    /// By the first model type of each family.
    private static let classificationHeads: [String: Head] = [
        "bert": pooler(["bert.pooler.dense", "pooler.dense"]),
        "albert": pooler(["albert.pooler", "pooler"]),
        "nomic_bert": pooler(["nomic_bert.pooler.dense", "pooler.dense"]),
        "jina_bert_v2": pooler(["bert.pooler.dense", "pooler.dense"]),
        "gte": pooler(["gte.pooler.dense", "new.pooler.dense", "pooler.dense"]),
        "roberta": classifier(.tanh), "xlm-roberta": classifier(.tanh), "mpnet": classifier(.tanh),
        "electra": classifier(.gelu),
        "distilbert": { _ in
            ClassificationHeadSpec(
                reduction: .first, layers: [HeadLayer(weights: "pre_classifier", activation: .relu)],
                output: "classifier")
        },
        "deberta": contextPooler, "deberta-v2": contextPooler,
        "modernbert": { config in
            let norm = try HeadLayer.Norm(
                weights: "head.norm", epsilon: config.float("norm_eps", default: 1e-5),
                hasBias: config.bool("norm_bias", default: false))
            let layer = try HeadLayer(
                weights: "head.dense", hasBias: config.bool("classifier_bias", default: false),
                activation: config.activation("classifier_activation", default: "gelu"), norm: norm)
            try config.require("classifier_pooling", in: "cls", "mean")
            let isMean = try config.string("classifier_pooling", default: "cls") == "mean"
            return ClassificationHeadSpec(reduction: isMean ? .mean : .first, layers: [layer], output: "classifier")
        },
        "eurobert": { config in
            let reductions: [String: ClassificationHeadSpec.Reduction] = [
                "bos": .first, "mean": .mean, "late": .meanOfScores,
            ]
            guard let reduction = reductions[try config.string("classifier_pooling", default: "late")] else {
                throw config.error("classifier_pooling", "expected bos, mean or late")
            }
            return ClassificationHeadSpec(
                reduction: reduction, layers: [HeadLayer(weights: "dense", activation: .gelu)], output: "classifier")
        },
        "llama": decoder, "mistral": decoder, "qwen2": decoder, "qwen3": decoder, "gemma3_text": decoder,
    ]

    /// The first token through the pre-trained pooler and a linear layer.
    private static func pooler(_ weights: WeightSource) -> Head {
        { _ in
            ClassificationHeadSpec(
                reduction: .first, layers: [HeadLayer(weights: weights, activation: .tanh)], output: "classifier")
        }
    }

    /// The first token through two layers of the head.
    private static func classifier(_ activation: Activation) -> Head {
        { _ in
            ClassificationHeadSpec(
                reduction: .first, layers: [HeadLayer(weights: "classifier.dense", activation: activation)],
                output: "classifier.out_proj")
        }
    }

    /// DeBERTa's pooler, whose activation is configurable.
    private static let contextPooler: Head = { config in
        let activation = try config.activation("pooler_hidden_act", default: "gelu")
        return ClassificationHeadSpec(
            reduction: .first, layers: [HeadLayer(weights: "pooler.dense", activation: activation)],
            output: "classifier")
    }

    /// The last token of a decoder through one linear layer.
    private static let decoder: Head = { config in
        let padding = try config.optionalInt("pad_token_id").flatMap { Int32(exactly: $0) }
        return ClassificationHeadSpec(
            reduction: .last(paddingToken: padding), output: "score", hasOutputBias: false)
    }
}
