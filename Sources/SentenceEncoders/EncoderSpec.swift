// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// The dimensions and options of a transformer encoder, resolved from its configuration.
///
/// Options are orthogonal and none of them is the name of a model: an architecture is a choice of options.
package struct EncoderSpec: Sendable, Equatable {
    /// Rows of the token embedding.
    package var vocabularySize: Int
    /// Width of the hidden states.
    package var hiddenSize: Int
    /// Number of blocks.
    package var layerCount: Int
    /// Number of attention heads; divides the hidden size.
    package var headCount: Int
    /// Width inside the feed-forward layer.
    package var feedForwardSize: Int
    /// Rows of the token type embedding, 0 if there is none.
    package var tokenTypeCount: Int
    /// Learned position embeddings.
    package var learnedPositions: LearnedPositions
    /// The epsilon of the layer norms.
    package var normEpsilon: Float
    /// The activation inside the feed-forward layer.
    package var activation: Activation

    /// A table of position embeddings.
    package struct LearnedPositions: Sendable, Equatable {
        /// Rows of the table.
        package var count: Int
        /// The row of a text's first token.
        package var firstID = 0

        package init(count: Int, firstID: Int = 0) {
            self.count = count
            self.firstID = firstID
        }
    }

    package init(
        vocabularySize: Int, hiddenSize: Int, layerCount: Int, headCount: Int, feedForwardSize: Int,
        tokenTypeCount: Int, learnedPositions: LearnedPositions, normEpsilon: Float, activation: Activation
    ) {
        self.vocabularySize = vocabularySize
        self.hiddenSize = hiddenSize
        self.layerCount = layerCount
        self.headCount = headCount
        self.feedForwardSize = feedForwardSize
        self.tokenTypeCount = tokenTypeCount
        self.learnedPositions = learnedPositions
        self.normEpsilon = normEpsilon
        self.activation = activation
    }

    /// The longest text in tokens.
    package var maximumLength: Int { learnedPositions.count - learnedPositions.firstID }

    /// The number of learned numbers.
    package var parameterCount: Int {
        parameters.reduce(0) { $0 + ($1.weight + [1]).reduce(1, *) + ($1.bias.map { $0.reduce(1, *) } ?? 0) }
    }
}
