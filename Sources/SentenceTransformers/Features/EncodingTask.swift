// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The role of a text in a search.
public enum EncodingTask: String, Sendable, CaseIterable, Codable {
    /// A query, encoded as by `encodeQuery`.
    case query
    /// A document, encoded as by `encodeDocument`.
    case document

    /// The names of prompts for the task, in order of preference.
    var promptNames: [String] {
        switch self {
        case .query: ["query"]
        case .document: ["document", "passage", "corpus"]
        }
    }
}
