// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceCheckpoints
import SentenceFiles
package import SentenceTensors

/// A transformer encoder: token ids in, one vector for each token out.
package struct Encoder: Sendable {
    /// Dimensions and options.
    package let spec: EncoderSpec
    private(set) var weights: EncoderWeights
    // Everything below is derived from the weights.
    private var embeddings: Embeddings
    private var stack: BlockStack

    /// Builds the encoder that `config` describes from the tensors of a checkpoint.
    ///
    /// - Throws: ``CheckpointError`` for an unknown architecture, a value out of range, or weights that are missing,
    ///   unexpected or of the wrong shape; all of these are listed.
    package init(config: ModelConfig, checkpoint: Checkpoint) throws {
        let architecture = try EncoderArchitecture(config: config)
        let spec = try architecture.spec(config, in: checkpoint)
        let weights = try EncoderWeights(spec, architecture, in: checkpoint)
        self.spec = spec
        self.weights = weights
        embeddings = weights.embeddings()
        stack = BlockStack(weights)
    }

    /// Every parameter by its name in the checkpoint that the encoder was loaded from.
    package var parameters: [NamedParameter] { weights.named }

    /// The table in which ids are looked up, `[vocabularySize, size]`.
    var tokenEmbedding: Parameter { embeddings.tokens.weight }

    /// The encoder, reading the vectors of its tokens from the head that shares them, if one does.
    package func sharingWords(with head: VocabularyHead) -> Encoder {
        guard let layer = head.sharedWords else { return self }
        var encoder = self
        encoder.embeddings.tokens = embeddings.tokens.reading(from: layer)
        return encoder
    }

    /// The hidden states after the last block.
    ///
    /// - Parameters:
    ///   - ids: Token ids, `[totalTokens]`.
    ///   - typeIDs: Token types, `[totalTokens]`.
    ///   - texts: Where each text begins.
    /// - Returns: `[totalTokens, hiddenSize]`.
    /// - Throws: ``EncoderError`` if an id or a text's length is beyond the embedding tables.
    package func callAsFunction(ids: [Int32], typeIDs: [Int32], _ texts: TextOffsets) throws -> Tensor {
        try layerStates(ids: ids, typeIDs: typeIDs, texts, all: false)[0]
    }

    /// The hidden states before the first block and after each block, or only after the last.
    ///
    /// - Parameters:
    ///   - ids: Token ids, `[totalTokens]`.
    ///   - typeIDs: Token types, `[totalTokens]`.
    ///   - texts: Where each text begins.
    ///   - all: Whether to return all of them instead of only the last.
    /// - Returns: `[totalTokens, hiddenSize]` for each one.
    /// - Throws: ``EncoderError`` if an id or a text's length is beyond the embedding tables.
    package func layerStates(
        ids: [Int32], typeIDs: [Int32], _ texts: TextOffsets, all: Bool
    ) throws -> [Tensor] {
        try spec.check(ids: ids, typeIDs: typeIDs, texts)
        return stack(embeddings(ids: ids, typeIDs: typeIDs, texts), texts, all: all)
    }
}

extension EncoderSpec {
    /// Refuses ids and texts that are beyond the embedding tables.
    func check(ids: [Int32], typeIDs: [Int32], _ texts: TextOffsets) throws {
        func check(_ ids: [Int32], upTo count: Int, _ kind: String) throws {
            if let id = ids.first(where: { $0 < 0 || $0 >= count }) {
                throw EncoderError.idOutOfRange(kind: kind, id: Int(id), count: count)
            }
        }
        try check(ids, upTo: vocabularySize, "token id")
        if embeddings.tokenTypeCount > 0 { try check(typeIDs, upTo: embeddings.tokenTypeCount, "token type") }
        let maximum = embeddings.positions?.maximumLength ?? .max
        for text in 0..<texts.count where texts[text].count > maximum {
            throw EncoderError.textTooLong(tokens: texts[text].count, maximum: maximum)
        }
    }
}

extension Encoder: Trainable {
    /// Takes new values; from then on vectors are read from the table, not from a head's layer.
    package mutating func update(_ values: ParameterValues) {
        let groups = weights.groupsChanged(by: values)
        weights.update(values)
        embeddings = weights.embeddings()
        stack = BlockStack(weights, remaking: groups, of: stack)
    }
}
