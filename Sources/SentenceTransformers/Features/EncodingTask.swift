// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a text is in a search.
public enum EncodingTask: String, Sendable, CaseIterable, Codable {
    /// What is looked for: encoded as by `encodeQuery`.
    case query
    /// What may be found: encoded as by `encodeDocument`.
    case document

    /// The names of the prompts for the task, most wanted first.
    var promptNames: [String] {
        switch self {
        case .query: ["query"]
        case .document: ["document", "passage", "corpus"]
        }
    }
}
