// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
import SentenceTensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Pools the logits of a masked language model over a text's tokens: one weight for each token of the vocabulary.
///
/// Formal et al., *SPLADE v2: Sparse Lexical and Expansion Model for Information Retrieval*, 2021,
/// <https://arxiv.org/abs/2109.10086>.
package struct SpladePooling: Module {
    package static let className = "SpladePooling"
    package static let typeName = "sentence_transformers.sparse_encoder.modules.splade_pooling.SpladePooling"

    /// How the weights at a text's tokens are combined.
    enum Strategy: String, CaseIterable { case max, sum }

    private let strategy: Strategy
    private let saturation: Saturation
    private let dimension: Int?

    init(_ strategy: Strategy = .max, _ saturation: Saturation = .relu) {
        self.strategy = strategy
        self.saturation = saturation
        dimension = nil
    }

    package init(folder: ModuleFolder) throws {
        let config = try folder.config(known: .spladePooling)
        strategy = try config.choice("pooling_strategy", default: .max)
        saturation = try config.choice("activation_function", default: .relu)
        dimension = try config.optionalInt(["embedding_dimension", "word_embedding_dimension"])
    }

    package func save(to folder: URL) throws {
        try JSONValue.object([
            "pooling_strategy": .string(strategy.rawValue), "activation_function": .string(saturation.rawValue),
            "embedding_dimension": dimension.map(JSONValue.int) ?? .null,
        ]).write(to: folder.appending(path: "config.json"))
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard let words = sizes.logits else {
            throw SentenceTransformersError(
                .mismatchedModules, "SpladePooling finds no vocabulary logits; expected a \"fill-mask\" transformer")
        }
        return FeatureSizes(sentenceEmbedding: words)
    }

    package func callAsFunction(_ features: inout Features) {
        guard let logits = features.logits else { return }
        switch strategy {
        case .max:
            // The activation is monotonic, so the largest weight is that of the largest logit.
            features.sentenceEmbedding = logits.reduced(over: features.texts, by: .maximum).saturated(saturation)
        case .sum:
            features.sentenceEmbedding = logits.reduced(over: features.texts, by: .sum(of: saturation))
        }
    }

    package var summary: String { "\(strategy.rawValue), \(saturation.rawValue)" }
}
