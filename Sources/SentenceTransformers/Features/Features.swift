// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceEncoders
package import SentenceTensors
package import SentenceTokenizers

/// What the modules of a model leave of a micro-batch: first what it reads, then vectors.
package struct Features: Sendable {
    /// What the model reads.
    package let input: InputBatch
    /// How the forward pass runs.
    package let call: ForwardCall
    /// Where each text begins.
    package private(set) var texts: TextOffsets
    /// The hidden states before the first block and after each, if the model is asked for them: `[totalTokens, size]`.
    package var layerStates: [Tensor] = []
    /// The sum of the weights of each text's tokens, where a module has weighted them: `[texts]`.
    package var tokenWeightSums: [Float]?
    /// A number for each word of a vocabulary at each token, not computed yet.
    package var logits: VocabularyLogits?
    /// A number for each word of a vocabulary at each text's last token, not computed yet.
    package var lastLogits: VocabularyLogits?
    /// Which tokens' vectors a multi-vector model keeps, `[totalTokens]`; nil for all.
    package var keptTokens: [Bool]?
    /// One vector for each text, `[texts, size]`.
    package var sentenceEmbedding: Tensor?
    /// The scores of each text or pair, `[texts, labels]`.
    package var scores: Tensor?
    private var vectors: Tensor?

    /// What a model reads, before any module.
    package init(_ input: InputBatch, _ call: ForwardCall = .init()) {
        self.input = input
        self.call = call
        switch input {
        case .tokens(let tokens): texts = TextOffsets(tokens.offsets.lazy.map(Int.init))
        }
    }

    /// The tokens of all texts.
    package var tokens: TokenBatch {
        switch input {
        case .tokens(let tokens): tokens
        }
    }

    /// One vector for each token, `[totalTokens, size]`; the logits where a model has nothing else.
    package var tokenEmbeddings: Tensor? {
        get { vectors ?? logits?.all }
        set { vectors = newValue }
    }

    /// Fills queries' expansion tokens with what the other tokens say, and hides them from these.
    ///
    /// As in the reference no module but a ``MultiVectorMask`` keeps them then.
    mutating func hideExpansion() {
        let counts = (0..<texts.count).map { min(texts[$0].count, Int(tokens.untruncatedCounts[$0])) }
        texts = TextOffsets(texts.starts, keyCounts: counts)
        keptTokens = texts.keyFactors.map { $0.map { $0 == 1 } }
    }

    /// Leaves out the vectors of tokens that are not kept.
    package mutating func dropUnkeptTokens() {
        guard let kept = keptTokens, let vectors = tokenEmbeddings else { return }
        replaceTokens(vectors.gatheringRows(kept.indices.filter { kept[$0] }), counts: texts.counts { kept[$0] })
    }

    /// Puts other vectors in the place of the tokens', so many for each text.
    mutating func replaceTokens(_ vectors: Tensor, counts: [Int]) {
        self.vectors = vectors
        texts = TextOffsets(counts: counts)
        keptTokens = nil
    }

    /// The feature that a module's configuration names.
    subscript(name: FeatureName) -> Tensor? {
        get { self[keyPath: name.feature] }
        set { self[keyPath: name.feature] = newValue }
    }
}

/// The names that configurations give to features.
enum FeatureName: String, Sendable, CaseIterable {
    case tokenEmbeddings = "token_embeddings"
    case sentenceEmbedding = "sentence_embedding"
    case scores

    fileprivate var feature: WritableKeyPath<Features, Tensor?> {
        switch self {
        case .tokenEmbeddings: \.tokenEmbeddings
        case .sentenceEmbedding: \.sentenceEmbedding
        case .scores: \.scores
        }
    }

    fileprivate var size: WritableKeyPath<FeatureSizes, Int?> {
        switch self {
        case .tokenEmbeddings: \.tokenEmbeddings
        case .sentenceEmbedding: \.sentenceEmbedding
        case .scores: \.scores
        }
    }
}

/// The sizes of the features that a module finds or leaves; nil where there is none yet.
package struct FeatureSizes: Sendable {
    /// Columns of the vectors of tokens.
    package var tokenEmbeddings: Int?
    /// Columns of the vectors of texts.
    package var sentenceEmbedding: Int?
    /// The number of labels.
    package var scores: Int?
    /// The number of layers' states, and their size, where a module asks for them.
    package var layerStates: (count: Int, size: Int)?
    /// Words of the vocabulary that there are logits for at each token.
    package var logits: Int?
    /// Words of the vocabulary that there are logits for at the last token.
    package var lastLogits: Int?
    /// Whether the vectors of tokens have become fewer than the tokens.
    package var hasFewerVectorsThanTokens = false

    /// The sizes of the features that there are.
    package init(
        tokenEmbeddings: Int? = nil, sentenceEmbedding: Int? = nil, scores: Int? = nil,
        layerStates: (count: Int, size: Int)? = nil, logits: Int? = nil, lastLogits: Int? = nil
    ) {
        self.tokenEmbeddings = tokenEmbeddings
        self.sentenceEmbedding = sentenceEmbedding
        self.scores = scores
        self.layerStates = layerStates
        self.logits = logits
        self.lastLogits = lastLogits
    }

    subscript(name: FeatureName) -> Int? {
        get { self[keyPath: name.size] }
        set { self[keyPath: name.size] = newValue }
    }
}
