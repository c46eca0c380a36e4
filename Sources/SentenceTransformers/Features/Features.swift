// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceEncoders
package import SentenceTensors
package import SentenceTokenizers

/// The data of a micro-batch that a model's modules read and write: its input, then the vectors computed from it.
package struct Features: Sendable {
    /// The input of the model.
    package let input: InputBatch
    /// The settings of the forward pass.
    package let call: ForwardCall
    /// The offset of each text among all tokens.
    package private(set) var texts: TextOffsets
    /// The hidden states before the first block and after each, `[totalTokens, hiddenSize]`, if the model outputs them.
    package var layerStates: [Tensor] = []
    /// The sum of each text's token weights, if a module has weighted the tokens: `[texts]`.
    package var tokenWeightSums: [Float]?
    /// The logits of the vocabulary at each token, computed on demand.
    package var logits: VocabularyLogits?
    /// The logits of the vocabulary at each text's last token, computed on demand.
    package var lastLogits: VocabularyLogits?
    /// Whether a multi-vector model keeps the vector of each token, `[totalTokens]`; nil if it keeps all.
    package var keptTokens: [Bool]?
    /// For each text what was computed of its first tokens before, if anything was; nil if nothing was of any.
    var prefixes: [EncodedPrefix?]?
    /// The tokens to compute vectors of, ascending; nil for all.
    var tokensRead: [Int]?
    /// Whether there are only the vectors of the tokens that are read, each of which all later modules read.
    package private(set) var holdsOnlyTokensRead = false
    /// One vector for each text, `[texts, size]`.
    package var sentenceEmbedding: Tensor?
    /// The scores of each text or pair, `[texts, labels]`.
    package var scores: Tensor?
    private var vectors: Tensor?

    /// The features before the first module.
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

    /// One vector for each token, `[totalTokens, size]`; the logits if a model has no other vectors.
    package var tokenEmbeddings: Tensor? {
        get { vectors ?? logits?.all }
        set { vectors = newValue }
    }

    /// Masks the expansion tokens of queries as attention keys: they attend to the other tokens, which do not attend to
    /// them.
    ///
    /// As in the reference, their vectors are then dropped unless a ``MultiVectorMask`` keeps them.
    mutating func hideExpansion() {
        let counts = (0..<texts.count).map { min(texts[$0].count, Int(tokens.untruncatedCounts[$0])) }
        texts = TextOffsets(texts.starts, keyCounts: counts)
        keptTokens = texts.keyFactors.map { $0.map { $0 == 1 } }
    }

    /// Drops the vectors of tokens that are not kept.
    package mutating func dropUnkeptTokens() {
        guard let kept = keptTokens, let vectors = tokenEmbeddings else { return }
        replaceTokens(vectors.gatheringRows(keptIndices), counts: texts.counts { kept[$0] })
    }

    /// The indices of the tokens that are kept.
    var keptIndices: [Int] { (0..<texts.totalTokens).filter { keptTokens?[$0] ?? true } }

    /// Computes the vectors of some tokens only, ascending, as if texts had no others after the first module.
    package mutating func keep(only tokens: [Int]) { tokensRead = tokens }

    /// Lists in `texts` only the tokens that are read: those of which vectors were computed.
    mutating func dropUnreadTokens() {
        guard let tokensRead else { return }
        texts = TokenChoice(tokensRead, of: texts).texts
        keptTokens = nil
        holdsOnlyTokensRead = true
    }

    /// Replaces the token vectors by others, of which each text has the given number.
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

/// The features that configurations refer to by name.
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

/// The sizes of the features before or after a module; nil for features that do not exist.
package struct FeatureSizes: Sendable {
    /// The dimensions of token vectors.
    package var tokenEmbeddings: Int?
    /// The dimensions of sentence embeddings.
    package var sentenceEmbedding: Int?
    /// The number of labels.
    package var scores: Int?
    /// The number of hidden states and their size, if the model outputs them.
    package var layerStates: (count: Int, size: Int)?
    /// The number of logits at each token: the size of the vocabulary.
    package var logits: Int?
    /// The number of logits at the last token: the size of the vocabulary.
    package var lastLogits: Int?
    /// Whether there may be fewer token vectors than tokens.
    package var hasFewerVectorsThanTokens = false

    /// The given sizes.
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
