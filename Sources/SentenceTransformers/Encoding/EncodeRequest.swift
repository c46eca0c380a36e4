// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a call wants of a model; every setting has the model's default.
///
/// Texts whose requests are equal may be encoded in one call.
public struct EncodeRequest: Sendable, Hashable {
    /// What the texts are in a search, where the model treats queries and documents differently.
    public var task: EncodingTask?
    /// The name of the prompt to put before every text, or before the first text of every pair.
    public var promptName: String?
    /// The text to put there; wins over a name.
    public var prompt: String?
    /// Tokens of a text that count, special ones included, at least 1; the model's limit if nil.
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
