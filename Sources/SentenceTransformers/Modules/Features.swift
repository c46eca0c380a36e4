// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors
package import SentenceTokenizers

/// What flows through the modules of a model: a micro-batch of texts, first as tokens, then as vectors.
package struct Features: Sendable {
    /// The tokens of all texts.
    package let tokens: TokenBatch
    /// Where each text begins.
    package let texts: TextOffsets
    /// How many tokens of each text the prompt takes, for poolings that leave them out.
    package let promptLength: Int
    /// The sum of the weights of each text's tokens, where a module has weighted them: `[texts]`.
    package var tokenWeightSums: [Float]?
    /// One vector for each token, `[totalTokens, size]`.
    package var tokenEmbeddings: Tensor?
    /// One vector for each text, `[texts, size]`.
    package var sentenceEmbedding: Tensor?

    package init(tokens: TokenBatch, promptLength: Int = 0) {
        self.tokens = tokens
        self.texts = TextOffsets(tokens.offsets.lazy.map(Int.init))
        self.promptLength = promptLength
    }

    /// The feature that a module's configuration names.
    subscript(name: FeatureName) -> Tensor? {
        get { name == .tokenEmbeddings ? tokenEmbeddings : sentenceEmbedding }
        set {
            switch name {
            case .tokenEmbeddings: tokenEmbeddings = newValue
            case .sentenceEmbedding: sentenceEmbedding = newValue
            }
        }
    }
}

/// The names that configurations give to features.
enum FeatureName: String, Sendable, CaseIterable {
    case tokenEmbeddings = "token_embeddings"
    case sentenceEmbedding = "sentence_embedding"
}

/// The sizes of the features that a module finds or leaves; nil where there is none yet.
package struct FeatureSizes: Sendable, Equatable {
    package var tokenEmbeddings: Int?
    package var sentenceEmbedding: Int?

    subscript(name: FeatureName) -> Int? {
        get { name == .tokenEmbeddings ? tokenEmbeddings : sentenceEmbedding }
        set {
            switch name {
            case .tokenEmbeddings: tokenEmbeddings = newValue
            case .sentenceEmbedding: sentenceEmbedding = newValue
            }
        }
    }
}
