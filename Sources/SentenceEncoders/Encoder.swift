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
    /// What the names of its parameters begin with in the checkpoint, and within models that have a head.
    package let prefixes: (inCheckpoint: String, belowHeads: String)
    private let architecture: EncoderArchitecture

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
        self.architecture = architecture
        prefixes = (weights.prefix, architecture.prefixes.first { !$0.isEmpty } ?? "")
    }

    /// Every parameter by its name in the checkpoint that the encoder was loaded from.
    package var parameters: [NamedParameter] { weights.named }

    /// The matrices that layers multiply with, which can have adapters, by their names in the checkpoint.
    package var matrices: [NamedParameter] { weights.matrices }

    /// Whether a name without prefix is that of a tensor of the encoder, and not of a head.
    package func owns(_ name: String) -> Bool { architecture.owns(name, prefix: "") }

    /// Gives the layers the adapters of their matrices, instead of those that they have; ``update(_:)`` takes them away.
    package mutating func adapt(_ set: AdapterSet) {
        embeddings.projection?.adapt(set)
        stack.adapt(set)
    }

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

// What is computed of fewer tokens than the texts have, for inference.
extension Encoder {
    /// The hidden states of some tokens after the last block, each with the bits that it has among all.
    ///
    /// Has no gradient.
    /// - Parameters:
    ///   - ids: Token ids, `[totalTokens]`.
    ///   - typeIDs: Token types, `[totalTokens]`.
    ///   - texts: Where each text begins.
    ///   - rows: The tokens whose states are wanted, ascending; nil for all.
    ///   - prefixes: For each text what was computed of its first tokens, as ``prefix(ids:typeIDs:)`` returned it for these
    ///     tokens, if anything was; nil if nothing was of any. A prefix is shorter than its text, and fits it
    ///     (``EncoderSpec/hasSamePositions(inTextsOf:and:)``).
    /// - Returns: `[rows, hiddenSize]`.
    /// - Throws: ``EncoderError`` if an id or a text's length is beyond the embedding tables.
    package func states(
        ids: [Int32], typeIDs: [Int32], _ texts: TextOffsets, of rows: [Int]?, after prefixes: [EncodedPrefix?]? = nil
    ) throws -> Tensor {
        try spec.check(ids: ids, typeIDs: typeIDs, texts)
        guard let prefixes, prefixes.contains(where: { $0 != nil }) else {
            return stack.states(embeddings(ids: ids, typeIDs: typeIDs, texts), texts, after: nil, rows: rows)
        }
        precondition(spec.sharesPrefixes, "tokens of this encoder look at those after them")
        let known = TextPrefixes(prefixes, of: texts)
        let own = known.own.rows
        let x = embeddings(ids: own.map { ids[$0] }, typeIDs: own.map { typeIDs[$0] }, known.own.texts)
        guard let rows else {
            let states = stack.states(x, texts, after: known, rows: nil)
            return known.collecting(Array(0..<texts.totalTokens), from: states, texts)
        }
        // Each wanted token is one of a prefix or one of the others.
        let states = stack.states(x, texts, after: known, rows: known.indices(of: rows))
        return known.collecting(rows, from: states, texts)
    }

    /// What the encoder computes of the first tokens of texts, for ``states(ids:typeIDs:_:of:after:)``.
    ///
    /// - Throws: ``EncoderError`` as `states`.
    package func prefix(ids: [Int32], typeIDs: [Int32]) throws -> EncodedPrefix {
        precondition(spec.sharesPrefixes, "tokens of this encoder look at those after them")
        let texts = TextOffsets(counts: [ids.count])
        try spec.check(ids: ids, typeIDs: typeIDs, texts)
        let record = KeyValueRecord()
        let states = stack.states(
            embeddings(ids: ids, typeIDs: typeIDs, texts), texts, after: nil, rows: nil, record: record)
        return EncodedPrefix(keysAndValues: record.all, states: states)
    }
}

extension EncoderSpec {
    /// Whether what is computed of a token depends only on the tokens before it, and on no position that is learned.
    package var sharesPrefixes: Bool {
        spans.allSatisfy { $0.right == 0 } && convolution == nil && embeddings.positions == nil
            && attention.relativeBias == nil && attention.disentangled == nil
    }

    /// Whether positions mean the same in texts of two lengths.
    package func hasSamePositions(inTextsOf length: Int, and other: Int) -> Bool {
        spans.allSatisfy { $0.rotary.map { $0.kind(ofLength: length) == $0.kind(ofLength: other) } ?? true }
    }

    /// How many bytes the keys, values and states of a prefix take for each of its tokens.
    package var prefixBytesPerToken: Int {
        (layerCount * 2 * attention.keyValueHeadCount * attention.headSize + hiddenSize) * MemoryLayout<Float>.stride
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
