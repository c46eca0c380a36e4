// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a text is in a search.
package enum EncodingTask: String, Sendable, CaseIterable {
    /// What is looked for: encoded as by `encodeQuery`.
    case query
    /// What may be found: encoded as by `encodeDocument`.
    case document

    /// The names of the prompts for the task, most wanted first.
    fileprivate var promptNames: [String] {
        switch self {
        case .query: ["query"]
        case .document: ["document", "passage", "corpus"]
        }
    }
}

extension SentenceTransformer {
    /// The options with the prompt that the model has for a task, unless they already have one.
    package func options(_ options: EncodeOptions, for task: EncodingTask) -> EncodeOptions {
        guard options.prompt == nil, options.promptName == nil else { return options }
        var options = options
        options.promptName = task.promptNames.first { prompts[$0] != nil }
        return options
    }
}
