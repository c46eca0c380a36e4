// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTensors

/// The dimensions and options of a transformer encoder, resolved from its configuration.
///
/// Options are orthogonal, and none of them is the name of a model: an architecture is a choice of options. The
/// defaults are those of the first encoders: norms after each sublayer, biases everywhere, no positions.
package struct EncoderSpec: Sendable, Equatable {
    /// The number of rows in the token embedding.
    package var vocabularySize: Int
    /// The width of the hidden states.
    package var hiddenSize: Int
    /// The number of blocks.
    package var layerCount: Int
    /// What precedes the blocks.
    package var embeddings: EmbeddingOptions
    /// The options of every norm except those of attention heads.
    package var norm: NormOptions
    /// Where the norms of a block are.
    package var normPlacement: NormPlacement
    /// Whether the first block normalises the input of its attention.
    package var normalizesFirstAttention = true
    /// Whether there is a norm after the last block.
    package var hasFinalNorm = false
    /// The attention options of all blocks.
    package var attention: AttentionOptions
    /// What the attention of each block sees, `[layerCount]`.
    package var spans: [AttentionSpan]
    /// The short convolutions that replace attention in some blocks, if any.
    package var convolution: ShortConvolutionOptions?
    /// The feed-forward layer of every block.
    package var feedForward: FeedForwardOptions
    /// The adapter after the feed-forward layer of every block, if there is one.
    package var adapter: AdapterOptions?
    /// With which probability training leaves out what.
    package var dropout = DropoutRates()
    /// How many groups of blocks have their own weights; equally many neighbouring blocks share each group.
    package var layerGroupCount: Int
    /// The longest text in tokens, nil if there is no limit.
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

    /// About how many bytes training keeps of each token until its gradients are computed: what layers read.
    package var tapeBytesPerToken: Int {
        let heads = attention.headSize * (attention.headCount + 2 * attention.keyValueHeadCount)
        let wide = feedForward.size * (feedForward.gate == .none ? 1 : 3)
        return (layerCount * (6 * hiddenSize + heads + wide) + 3 * hiddenSize) * MemoryLayout<Float>.stride
    }

    /// The group of blocks that a block belongs to, which share weights.
    package func group(ofLayer layer: Int) -> Int { layer * layerGroupCount / layerCount }

    /// The total number of elements of all parameters.
    package var parameterCount: Int {
        parameters.reduce(0) { $0 + ($1.weight + [1]).reduce(1, *) + ($1.bias.map { $0.reduce(1, *) } ?? 0) }
    }
}

/// How an encoder turns ids into the input of its first block.
package struct EmbeddingOptions: Sendable, Equatable {
    /// The width of the tables; if it differs from the hidden size, a linear layer follows the norm.
    package var size: Int
    /// The factor on the token embeddings.
    package var scale: Float = 1
    /// The number of rows in the token type embedding, 0 if there is none.
    package var tokenTypeCount = 0
    /// Learned position embeddings, if there are any.
    package var positions: LearnedPositions?
    /// Whether the sum is normalised.
    package var hasNorm = true

    /// A table of position embeddings.
    package struct LearnedPositions: Sendable, Equatable {
        /// The number of rows in the table.
        package var count: Int
        /// The row of a text's first token.
        package var firstID = 0
        /// A token that is not counted: it has the row before the first, and the next token the row it would have had.
        package var skippedToken: Int32?

        /// A table of `count` rows.
        package init(count: Int, firstID: Int = 0, skippedToken: Int32? = nil) {
            self.count = count
            self.firstID = firstID
            self.skippedToken = skippedToken
        }

        /// The longest text in tokens.
        package var maximumLength: Int { count - firstID }
    }

    /// Embeddings of a width, with the default options.
    package init(size: Int) { self.size = size }
}

/// The kind and options of a norm.
package struct NormOptions: Sendable, Equatable {
    /// How a norm is computed.
    package enum Kind: Sendable, Equatable {
        /// Ba et al., 2016, <https://arxiv.org/abs/1607.06450>.
        case layer
        /// Zhang and Sennrich, 2019, <https://arxiv.org/abs/1910.07467>; gamma is the weight plus `offset`.
        case rootMeanSquare(offset: Float)
    }

    /// How the norm is computed.
    package var kind: Kind

    /// Added to the variance or mean square, so that it is never zero.
    package var epsilon: Float
    /// Whether there is a beta; only for layer norms.
    package var hasBias: Bool

    /// A layer norm.
    package static func layer(epsilon: Float, hasBias: Bool = true) -> NormOptions {
        NormOptions(kind: .layer, epsilon: epsilon, hasBias: hasBias)
    }

    /// A root mean square norm.
    package static func rootMeanSquare(epsilon: Float, offset: Float = 0) -> NormOptions {
        NormOptions(kind: .rootMeanSquare(offset: offset), epsilon: epsilon, hasBias: false)
    }
}

/// Where the norms of a block are.
package enum NormPlacement: Sendable, Equatable {
    /// After each sublayer and its residual.
    case post
    /// Before each sublayer. Xiong et al., 2020, <https://arxiv.org/abs/2002.04745>.
    case pre
    /// Before each sublayer, and after it before the residual is added.
    case sandwich
}

/// The feed-forward layer of a block.
package struct FeedForwardOptions: Sendable, Equatable {
    /// The width between its layers.
    package var size: Int

    /// The activation between its layers.
    package var activation: Activation
    /// Whether the first layer has a gate, and how it is stored.
    package var gate = Gate.none
    /// Whether the layers into the wide space have biases.
    package var hasUpBias = true
    /// Whether the layer back has a bias.
    package var hasDownBias = true

    /// How the gate is stored in the checkpoint.
    ///
    /// Shazeer, *GLU Variants Improve Transformer*, 2020, <https://arxiv.org/abs/2002.05202>.
    package enum Gate: Sendable, Equatable {
        /// No gate.
        case none
        /// Gate and up projection are two layers.
        case separate
        /// Gate and up projection are the rows of one matrix, with the gate first or last.
        case fused(gateFirst: Bool)
    }

    /// A layer without a gate.
    package init(size: Int, activation: Activation) {
        self.size = size
        self.activation = activation
    }
}
