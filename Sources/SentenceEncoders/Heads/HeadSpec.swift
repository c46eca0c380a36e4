// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTensors

/// A dense layer of a head, with its activation and norm.
struct HeadLayer: Sendable {
    /// The names of its weight and bias in the checkpoint.
    var weights: WeightSource
    var hasBias = true
    var activation: Activation
    /// A layer norm after the activation.
    var norm: Norm?

    struct Norm: Sendable {
        var weights: WeightSource
        var epsilon: Float
        var hasBias = true
    }
}

/// How hidden states become the scores of labels.
struct ClassificationHeadSpec: Sendable {
    /// Which hidden states of a text are classified.
    var reduction: Reduction
    var layers: [HeadLayer] = []
    /// The layer with one row for each label.
    var output: WeightSource
    var hasOutputBias = true

    enum Reduction: Sendable {
        case first
        case mean
        /// The last token that is not padding, as usual with decoders.
        case last(paddingToken: Int32?)
        /// Every token is scored, and the scores are averaged.
        case meanOfScores
    }
}

/// How hidden states become a logit for each token of the vocabulary.
struct VocabularyHeadSpec: Sendable {
    var layers: [HeadLayer] = []
    /// The matrix with one row for each token of the vocabulary, unless it is the table of token embeddings.
    var output: WeightSource
    /// The full names of the bias, that of an untied matrix first; empty if there is no bias.
    var biasNames: [String] = []
    /// Whether the matrix is that table if the configuration does not say.
    var isTiedByDefault = true
}
