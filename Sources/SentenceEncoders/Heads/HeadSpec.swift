// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A dense layer of a head, with what stands behind it.
struct HeadLayer: Sendable {
    /// Where the checkpoint has its weight and bias.
    var weights: WeightSource
    var hasBias = true
    var activation: Activation
    /// A layer norm behind the activation.
    var norm: Norm?

    struct Norm: Sendable {
        var weights: WeightSource
        var epsilon: Float
        var hasBias = true
    }
}

/// How an encoder's hidden states become the scores of labels.
struct ClassificationHeadSpec: Sendable {
    /// What of a text's hidden states is classified.
    var reduction: Reduction
    var layers: [HeadLayer] = []
    /// The layer of one row for each label.
    var output: WeightSource
    var hasOutputBias = true

    enum Reduction: Sendable {
        case first
        case mean
        /// The last token that is not padding, as decoders are read.
        case last(paddingToken: Int32?)
        /// Every token is scored, and the scores are averaged.
        case meanOfScores
    }
}

/// How an encoder's hidden states become a number for each word of the vocabulary.
struct VocabularyHeadSpec: Sendable {
    var layers: [HeadLayer] = []
    /// The matrix of one row for each word, unless it is the table of token embeddings.
    var output: WeightSource
    /// The names of a bias, with nothing to be added to them, that of an untied matrix first; none if there is no bias.
    var biasNames: [String] = []
    /// Whether it is that table if the configuration does not say.
    var isTiedByDefault = true
}
