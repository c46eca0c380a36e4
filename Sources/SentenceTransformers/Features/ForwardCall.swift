// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a forward pass runs, for all inputs of a micro-batch alike.
package struct ForwardCall: Sendable, Hashable {
    /// What the inputs are in a search, if they are something.
    package var task: EncodingTask?
    /// How many tokens of each text the prompt takes, for poolings that leave them out.
    package var promptLength = 0
    /// The largest dimensions to keep of a sparse embedding, if a caller said so.
    package var maximumActiveDimensions: Int?

    /// A call with the given settings.
    package init(task: EncodingTask? = nil, promptLength: Int = 0, maximumActiveDimensions: Int? = nil) {
        self.task = task
        self.promptLength = promptLength
        self.maximumActiveDimensions = maximumActiveDimensions
    }
}
