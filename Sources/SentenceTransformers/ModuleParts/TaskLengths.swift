// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

/// How long queries and documents may be where a model has lengths of their own for them.
struct TaskLengths: Sendable {
    /// Tokens of a query, special ones included; nil if queries are like any text.
    let query: Int?
    /// Tokens of a document, likewise.
    let document: Int?
    /// Tokens that the network takes at all; nil if there is no bound.
    let positions: Int?

    /// Reads `query_length` and `document_length` of a transformer's settings.
    init(_ config: ModelConfig, positions: Int?) throws {
        func length(_ key: String) throws -> Int? {
            guard let length = try config.optionalInt(key) else { return nil }
            guard length > 0 else { throw config.error(key, "expected a positive number") }
            return min(length, positions ?? .max)
        }
        query = try length("query_length")
        document = try length("document_length")
        self.positions = positions
    }

    /// Tokens that a text of a task may have when a caller asks for so many.
    ///
    /// A length of the task replaces the model's, and a caller may ask for less or for as much as any text may have.
    func limit(_ asked: Int?, for task: EncodingTask?, otherwise maximum: Int?) -> Int? {
        let own =
            switch task {
            case .query: query
            case .document: document
            case nil: Int?.none
            }
        guard let asked else { return own ?? maximum }
        return min(asked, maximum.map { max($0, own ?? 0) } ?? .max)
    }
}
