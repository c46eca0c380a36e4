// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors

#if canImport(FoundationEssentials)
    package import FoundationEssentials
#else
    package import Foundation
#endif

/// Multiplies token vectors by a weight for each token, such as its inverse document frequency.
package struct WordWeights: Module {
    package static let className = "WordWeights"
    package static let typeName = "sentence_transformers.sentence_transformer.modules.word_weights.WordWeights"

    private let weighting: WordWeighting
    /// The weights, which the reference saves and counts as a parameter, but never trains.
    private let weights: Parameter

    package init(folder: ModuleFolder) throws {
        weighting = try WordWeighting(folder.config(known: .wordWeights))
        weights = Parameter(Tensor(weighting.weights, shape: [weighting.weights.count, 1]))
    }

    package func save(to folder: URL) throws {
        try JSONValue.object(weighting.values).write(to: folder.appending(path: "config.json"))
        try saveParameters(to: folder)
    }

    package func sizes(after sizes: FeatureSizes) throws -> FeatureSizes {
        guard sizes.tokenEmbeddings != nil, !sizes.hasFewerVectorsThanTokens else {
            throw SentenceTransformersError(.mismatchedModules, "WordWeights finds no token embeddings to weight")
        }
        return sizes
    }

    package func callAsFunction(_ features: inout Features) throws {
        let weights = try features.tokens.ids.map { id in
            guard weighting.weights.indices.contains(Int(id)) else {
                throw SentenceTransformersError(
                    .mismatchedModules, "WordWeights has \(weighting.weights.count) words and no token \(id)")
            }
            return weighting.weights[Int(id)]
        }
        features.tokenEmbeddings = features.tokenEmbeddings?.scalingRows(by: weights)
        features.tokenWeightSums = (0..<features.texts.count).map { text in
            features.texts[text].reduce(0) { $0 + weights[$1] }
        }
    }

    package var parameters: [NamedParameter] { [NamedParameter("emb_layer.weight", weights, isFrozen: true)] }
    package var summary: String { "\(weighting.weights.count) words" }
}
