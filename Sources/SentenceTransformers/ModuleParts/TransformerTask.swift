// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceEncoders
import SentenceFiles
import SentenceTensors

/// The task of a transformer, which determines its head, by the reference's names.
enum TransformerTask: String, Sendable, CaseIterable {
    case featureExtraction = "feature-extraction"
    case sequenceClassification = "sequence-classification"
    case textGeneration = "text-generation"
    case fillMask = "fill-mask"

    /// The names of the output that the reference writes for the task.
    private var output: (method: String, module: String) {
        switch self {
        case .featureExtraction: ("last_hidden_state", "token_embeddings")
        case .sequenceClassification: ("logits", "scores")
        case .textGeneration: ("logits", "causal_logits")
        case .fillMask: ("logits", "token_embeddings")
        }
    }

    /// The module's configuration, completed with the task and the format of messages.
    func configured(_ config: ModelConfig, _ chat: ChatMessages?) -> ModelConfig {
        guard config.values["transformer_task"] == nil else { return config }
        var values = config.values
        values["transformer_task"] = .string(rawValue)
        let text: JSONObject = ["method": "forward", "method_output_name": .string(output.method)]
        var modalities: JSONObject = ["text": .object(text)]
        if let chat {
            let format: JSONValue = chat.isStructured ? "structured" : "flat"
            modalities["message"] = .object(text.merging(["format": format]) { $1 })
        }
        values["modality_config"] = .object(modalities)
        values["module_output_name"] = .string(output.module)
        return ModelConfig(name: config.name, values: values)
    }
}

/// The head on top of a transformer's encoder.
enum TransformerHead: Sendable {
    case none
    case classification(ClassificationHead)
    /// The logits of the whole vocabulary at every token.
    case maskedLanguage(VocabularyHead)
    /// The logits of single vocabulary tokens at the last token.
    case causalLanguage(VocabularyHead)

    init(_ task: TransformerTask, config: ModelConfig, encoder: Encoder, checkpoint: Checkpoint) throws {
        func vocabulary(_ use: VocabularyHead.Use) throws -> VocabularyHead {
            try VocabularyHead(config: config, encoder: encoder, checkpoint: checkpoint, for: use)
        }
        switch task {
        case .featureExtraction: self = .none
        case .sequenceClassification:
            self = .classification(try ClassificationHead(config: config, encoder: encoder, checkpoint: checkpoint))
        case .fillMask: self = .maskedLanguage(try vocabulary(.allWords))
        case .textGeneration: self = .causalLanguage(try vocabulary(.singleWords))
        }
    }

    /// The encoder, sharing with the head the weights that both have.
    func sharing(_ encoder: Encoder) -> Encoder {
        if case .maskedLanguage(let head) = self { return encoder.sharingWords(with: head) }
        return encoder
    }

    /// Which tokens' hidden states the head reads.
    func tokenUse(_ features: Features) -> TokenUse {
        switch self {
        case .none, .maskedLanguage: .each
        case .classification(let head):
            head.tokensRead(ids: features.tokens.ids, features.texts).map { .chosen($0) } ?? .all
        case .causalLanguage: .chosen((0..<features.texts.count).compactMap { features.texts[$0].last })
        }
    }

    /// Applies the head to the hidden states of the features' tokens, `[totalTokens, hiddenSize]`, and stores the result in
    /// the features.
    func callAsFunction(_ hidden: Tensor, _ features: inout Features) {
        switch self {
        case .none: features.tokenEmbeddings = hidden
        case .classification(let head):
            features.scores = head(
                hidden, ids: features.holdsOnlyTokensRead ? nil : features.tokens.ids, features.texts)
        case .maskedLanguage(let head): features.logits = head(hidden)
        case .causalLanguage(let head): features.lastLogits = head(hidden.pooled(features.texts, by: [.last]))
        }
    }

    func sizes(hiddenSize: Int) -> FeatureSizes {
        switch self {
        case .none: FeatureSizes(tokenEmbeddings: hiddenSize)
        case .classification(let head): FeatureSizes(scores: head.labelCount)
        case .maskedLanguage(let head):
            FeatureSizes(tokenEmbeddings: head.vocabularySize, logits: head.vocabularySize)
        case .causalLanguage(let head): FeatureSizes(lastLogits: head.vocabularySize)
        }
    }

    var parameters: [NamedParameter] {
        switch self {
        case .none: []
        case .classification(let head): head.parameters
        case .maskedLanguage(let head), .causalLanguage(let head): head.parameters
        }
    }

    /// The matrices that can have adapters; those of a vocabulary cannot.
    var matrices: [NamedParameter] {
        if case .classification(let head) = self { head.matrices } else { [] }
    }

    /// Gives the layers the adapters of their matrices, instead of those that they have.
    mutating func adapt(_ set: AdapterSet) {
        guard case .classification(var head) = self else { return }
        head.adapt(set)
        self = .classification(head)
    }

    var summary: String {
        switch self {
        case .none: ""
        case .classification(let head): ", \(head.labelCount) label\(head.labelCount == 1 ? "" : "s")"
        case .maskedLanguage(let head), .causalLanguage(let head): ", \(head.vocabularySize) words"
        }
    }
}

extension TransformerHead: Trainable {
    mutating func update(_ values: ParameterValues) {
        switch self {
        case .none: break
        case .classification(var head):
            head.update(values)
            self = .classification(head)
        case .maskedLanguage(var head):
            head.update(values)
            self = .maskedLanguage(head)
        case .causalLanguage(var head):
            head.update(values)
            self = .causalLanguage(head)
        }
    }
}
