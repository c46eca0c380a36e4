// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// The dimensions and options of a transformer encoder, resolved from its configuration.
///
/// Options are orthogonal and none of them is the name of a model: an architecture is a choice of options. Their
/// defaults are those of the first encoders: norms behind each sublayer, biases everywhere, no positions.
package struct EncoderSpec: Sendable, Equatable {
    /// Rows of the token embedding.
    package var vocabularySize: Int
    /// Width of the hidden states.
    package var hiddenSize: Int
    /// Number of blocks.
    package var layerCount: Int
    /// What stands before the blocks.
    package var embeddings: EmbeddingOptions
    /// Every norm outside of attention heads.
    package var norm: NormOptions
    /// Where a block has its norms.
    package var normPlacement: NormPlacement
    /// Whether the first block normalises the input of its attention.
    package var normalizesFirstAttention = true
    /// Whether a norm stands behind the last block.
    package var hasFinalNorm = false
    /// Attention in every block.
    package var attention: AttentionOptions
    /// What the attention of each block sees, `[layerCount]`.
    package var spans: [AttentionSpan]
    /// The blocks that have a short convolution instead of attention, if there are any.
    package var convolution: ShortConvolutionOptions?
    /// The feed-forward layer in every block.
    package var feedForward: FeedForwardOptions
    /// The adapter behind the feed-forward layer of every block, if there is one.
    package var adapter: AdapterOptions?
    /// How many blocks have weights of their own; as many neighbouring blocks share each.
    package var layerGroupCount: Int
    /// The longest text in tokens, nil if there is no bound.
    package var maximumLength: Int?

    /// An encoder with the default options.
    package init(
        vocabularySize: Int, hiddenSize: Int, layerCount: Int, headCount: Int, feedForwardSize: Int,
        activation: Activation, norm: NormOptions, normPlacement: NormPlacement = .post
    ) {
        self.vocabularySize = vocabularySize
        self.hiddenSize = hiddenSize
        self.layerCount = layerCount
        self.norm = norm
        self.normPlacement = normPlacement
        embeddings = EmbeddingOptions(size: hiddenSize)
        attention = AttentionOptions(headCount: headCount, headSize: hiddenSize / headCount)
        spans = Array(repeating: AttentionSpan(), count: layerCount)
        feedForward = FeedForwardOptions(size: feedForwardSize, activation: activation)
        layerGroupCount = layerCount
    }

    /// The group of blocks whose weights a block uses.
    package func group(ofLayer layer: Int) -> Int { layer * layerGroupCount / layerCount }

    /// The number of learned numbers.
    package var parameterCount: Int {
        parameters.reduce(0) { $0 + ($1.weight + [1]).reduce(1, *) + ($1.bias.map { $0.reduce(1, *) } ?? 0) }
    }
}

/// What an encoder makes of ids before its first block.
package struct EmbeddingOptions: Sendable, Equatable {
    /// Width of the tables; if it is not the hidden size, a linear layer stands behind the norm.
    package var size: Int
    /// Multiplied with the token embeddings.
    package var scale: Float = 1
    /// Rows of the token type embedding, 0 if there is none.
    package var tokenTypeCount = 0
    /// Learned position embeddings, if there are any.
    package var positions: LearnedPositions?
    /// Whether the sum is normalised.
    package var hasNorm = true

    /// A table of position embeddings.
    package struct LearnedPositions: Sendable, Equatable {
        /// Rows of the table.
        package var count: Int
        /// The row of a text's first token.
        package var firstID = 0
        /// A token that does not count: it has the row before the first, and the next token the one that it would have.
        package var skippedToken: Int32?

        package init(count: Int, firstID: Int = 0, skippedToken: Int32? = nil) {
            self.count = count
            self.firstID = firstID
            self.skippedToken = skippedToken
        }

        /// The longest text in tokens.
        package var maximumLength: Int { count - firstID }
    }

    package init(size: Int) { self.size = size }
}

/// A kind of norm.
package struct NormOptions: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        /// Ba et al., 2016, <https://arxiv.org/abs/1607.06450>.
        case layer
        /// Zhang and Sennrich, 2019, <https://arxiv.org/abs/1910.07467>; `offset` is what gamma is more than the weight.
        case rootMeanSquare(offset: Float)
    }

    package var kind: Kind
    package var epsilon: Float
    /// Whether there is a beta; only of layer norms.
    package var hasBias: Bool

    /// Layer norm.
    package static func layer(epsilon: Float, hasBias: Bool = true) -> NormOptions {
        NormOptions(kind: .layer, epsilon: epsilon, hasBias: hasBias)
    }

    /// Root mean square norm.
    package static func rootMeanSquare(epsilon: Float, offset: Float = 0) -> NormOptions {
        NormOptions(kind: .rootMeanSquare(offset: offset), epsilon: epsilon, hasBias: false)
    }
}

/// Where a block has its norms.
package enum NormPlacement: Sendable, Equatable {
    /// Behind each sublayer and its residual.
    case post
    /// Before each sublayer. Xiong et al., 2020, <https://arxiv.org/abs/2002.04745>.
    case pre
    /// Before each sublayer, and behind it before the residual is added.
    case sandwich
}

/// The feed-forward layer of a block.
package struct FeedForwardOptions: Sendable, Equatable {
    /// Width between the layers.
    package var size: Int
    package var activation: Activation
    /// How the wide layer is gated.
    package var gate = Gate.none
    /// Whether the layers into the width have biases.
    package var hasUpBias = true
    /// Whether the layer back has one.
    package var hasDownBias = true

    /// Shazeer, *GLU Variants Improve Transformer*, 2020, <https://arxiv.org/abs/2002.05202>.
    package enum Gate: Sendable, Equatable {
        /// No gate.
        case none
        /// Gate and width are two layers in the checkpoint.
        case separate
        /// They are the rows of one matrix, the gate's above the others or below.
        case fused(gateFirst: Bool)
    }

    package init(size: Int, activation: Activation) {
        self.size = size
        self.activation = activation
    }
}
