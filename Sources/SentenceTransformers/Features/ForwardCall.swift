// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The settings of a forward pass, which are the same for all inputs of a micro-batch.
package struct ForwardCall: Sendable, Hashable {
    /// The role of the inputs in a search, if they have one.
    package var task: EncodingTask?
    /// The number of prompt tokens at the beginning of each text, for poolings that exclude them.
    package var promptLength = 0
    /// The number of largest dimensions to keep of a sparse embedding; the module's default if nil.
    package var maximumActiveDimensions: Int?
    /// Whether the states of all layers are kept, even if no module asks for them.
    package var keepsLayerStates = false
    /// What is read of the features after the last module; the rest need not be computed.
    package var result = Result.tokens

    /// What is read of the features after the last module.
    package enum Result: Sendable, Hashable {
        /// The vectors of all tokens, and everything else.
        case tokens
        /// The vectors of the tokens that are kept.
        case keptTokens
        /// The vectors or scores of texts.
        case vectors
    }

    /// A call with the given settings.
    package init(
        task: EncodingTask? = nil, promptLength: Int = 0, maximumActiveDimensions: Int? = nil, result: Result = .tokens
    ) {
        self.task = task
        self.promptLength = promptLength
        self.maximumActiveDimensions = maximumActiveDimensions
        self.result = result
    }
}
