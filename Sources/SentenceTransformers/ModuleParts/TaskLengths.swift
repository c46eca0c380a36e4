// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceFiles

/// The maximum lengths of queries and documents, for models that limit them separately.
struct TaskLengths: Sendable {
    /// The maximum number of tokens of a query, special tokens included; nil if queries have no limit of their own.
    let query: Int?
    /// The maximum number of tokens of a document, likewise.
    let document: Int?
    /// The maximum number of tokens that the network supports; nil if there is no limit.
    let positions: Int?

    /// Reads `query_length` and `document_length` from a transformer's settings.
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

    /// The maximum number of tokens of a text with the given task; `requested` is the caller's limit, if any.
    ///
    /// The task's length, if it has one, replaces the model's. A caller may request less, or up to the larger of the
    /// two.
    func limit(_ requested: Int?, for task: EncodingTask?, otherwise maximum: Int?) -> Int? {
        let own =
            switch task {
            case .query: query
            case .document: document
            case nil: Int?.none
            }
        guard let requested else { return own ?? maximum }
        return min(requested, maximum.map { max($0, own ?? 0) } ?? .max)
    }
}
