// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Task, prompt and maximum length of a call; every setting defaults to the model's.
///
/// Texts with equal requests may be encoded in one call.
public struct EncodeRequest: Sendable, Hashable {
    /// Whether the texts are queries or documents, for models that treat these differently.
    public var task: EncodingTask?
    /// The name of the prompt to put before every text, or before the first text of every pair.
    public var promptName: String?
    /// The text of the prompt; takes precedence over a name.
    public var prompt: String?
    /// The maximum number of tokens of a text, special tokens included, at least 1; the model's limit if nil.
    public var maximumSequenceLength: Int?

    /// The given settings.
    public init(
        task: EncodingTask? = nil, promptName: String? = nil, prompt: String? = nil, maximumSequenceLength: Int? = nil
    ) {
        self.task = task
        self.promptName = promptName
        self.prompt = prompt
        self.maximumSequenceLength = maximumSequenceLength
    }
}
