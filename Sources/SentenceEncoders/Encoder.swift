// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceCheckpoints
package import SentenceTensors

/// A transformer encoder: token ids in, one vector for each token out.
package struct Encoder: Sendable {
    /// Dimensions and options.
    package let spec: EncoderSpec
    /// Every parameter by its name in the checkpoint that the encoder was loaded from.
    package let parameters: [(name: String, parameter: Parameter)]
    private let embeddings: Embeddings
    private let blocks: [TransformerBlock]

    /// Builds the encoder that `config` describes from the tensors of a checkpoint.
    ///
    /// - Throws: ``CheckpointError``: an unknown architecture, a value out of range, or all weights that are
    ///   missing, unexpected or of a wrong shape.
    package init(config: ModelConfig, checkpoint: Checkpoint) throws {
        let architecture = try EncoderArchitecture(config: config)
        let spec = try architecture.spec(config)
        let weights = try EncoderWeights(spec, architecture, in: checkpoint)
        self.spec = spec
        parameters = weights.named
        embeddings = Embeddings(
            tokens: weights.embedding(.tokenEmbedding), positions: weights.embedding(.positionEmbedding),
            firstPosition: spec.learnedPositions.firstID,
            tokenTypes: spec.tokenTypeCount > 0 ? weights.embedding(.tokenTypeEmbedding) : nil,
            norm: weights.norm(.embeddingNorm, epsilon: spec.normEpsilon))
        var lastNorm = embeddings.norm
        blocks = (0..<spec.layerCount).map { layer in
            let attentionNorm = weights.norm(.attentionNorm, layer: layer, epsilon: spec.normEpsilon)
            let feedForwardNorm = weights.norm(.feedForwardNorm, layer: layer, epsilon: spec.normEpsilon)
            defer { lastNorm = feedForwardNorm }
            return TransformerBlock(
                attention: SelfAttention(
                    queryKeyValue: weights.linear(.query, .key, .value, layer: layer, after: lastNorm),
                    output: weights.linear(.attentionOutput, layer: layer), headCount: spec.headCount),
                attentionNorm: attentionNorm,
                feedForward: FeedForward(
                    up: weights.linear(.up, layer: layer, after: attentionNorm), activation: spec.activation,
                    down: weights.linear(.down, layer: layer)),
                feedForwardNorm: feedForwardNorm)
        }
        weights.discardPackedPages(spec)
    }

    /// The hidden states behind the last block.
    ///
    /// - Parameters:
    ///   - ids: Token ids, `[totalTokens]`.
    ///   - typeIDs: Token types, `[totalTokens]`.
    ///   - texts: Where each text begins.
    /// - Returns: `[totalTokens, hiddenSize]`.
    /// - Throws: ``EncoderError`` if an id or a text's length is beyond the embedding tables.
    package func callAsFunction(ids: [Int32], typeIDs: [Int32], _ texts: TextOffsets) throws -> Tensor {
        try check(ids, upTo: spec.vocabularySize, "token id")
        if spec.tokenTypeCount > 0 { try check(typeIDs, upTo: spec.tokenTypeCount, "token type") }
        for text in 0..<texts.count where texts[text].count > spec.maximumLength {
            throw EncoderError.textTooLong(tokens: texts[text].count, maximum: spec.maximumLength)
        }
        return blocks.reduce(embeddings(ids: ids, typeIDs: typeIDs, texts)) { x, block in block(x, texts) }
    }

    private func check(_ ids: [Int32], upTo count: Int, _ kind: String) throws {
        if let id = ids.first(where: { $0 < 0 || $0 >= count }) {
            throw EncoderError.idOutOfRange(kind: kind, id: Int(id), count: count)
        }
    }
}
