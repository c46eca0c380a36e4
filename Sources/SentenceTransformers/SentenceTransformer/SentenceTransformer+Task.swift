// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a text is in a search.
package enum EncodingTask: String, Sendable, CaseIterable {
    /// What is looked for: encoded as by `encodeQuery`.
    case query
    /// What may be found: encoded as by `encodeDocument`.
    case document
}

extension SentenceTransformer {
    /// The options with the prompt that the model has for a task, unless they already have one.
    package func options(_ options: EncodeOptions, for task: EncodingTask) -> EncodeOptions {
        switch task {
        case .query: self.options(options, promptNamed: Self.queryPromptNames)
        case .document: self.options(options, promptNamed: Self.documentPromptNames)
        }
    }
}
