// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceEncoders
import SentenceFiles
import SentenceTokenizers

/// Tokens that short queries are filled up with, most often masks, whose vectors the model puts to use.
///
/// Khattab and Zaharia, *ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT*,
/// 2020, <https://arxiv.org/abs/2004.12832>, section 3.2.
package struct QueryExpansion: Sendable, Equatable {
    /// How long queries become.
    package enum Strategy: String, Sendable, CaseIterable {
        /// All are of one length: longer ones are cut.
        case fixed
        /// Longer ones stay as long as they are.
        case minimum = "min"
    }

    /// How long queries become.
    package let strategy: Strategy
    /// Tokens that a query has at least, special ones included.
    package let length: Int
    /// Whether the query's own tokens see those that it is filled up with.
    package let isAttendedTo: Bool
    private let tokenID: Int32

    private static let key = "query_expansion"
    /// More than any network takes, and few enough that a batch of queries fits its offsets.
    private static let longest = 1 << 15

    /// Reads `query_expansion` of a transformer's settings; nil if queries are not expanded.
    ///
    /// - Throws: ``CheckpointError`` if it is not one that the network and the tokenizer can follow.
    init?(_ config: ModelConfig, _ lengths: TaskLengths, _ tokenizer: Tokenizer, _ spec: EncoderSpec?) throws {
        guard let settings = try config.optionalObject(Self.key) else { return nil }
        let known = ["strategy", "length", "attend", "token"]
        for key in settings.keys where !known.contains(key) {
            throw settings.error(key, "supported: \(known.joined(separator: ", "))")
        }
        strategy = try settings.choice("strategy")
        length = try settings.int("length")
        guard 1...Self.longest ~= length else { throw settings.error("length", "expected 1 to \(Self.longest)") }
        isAttendedTo = try settings.bool("attend", default: false)
        if let limit = lengths.query, limit < length {
            throw config.error("query_length", "expected \(length) or more, which queries are expanded to")
        }
        if let positions = lengths.positions, length > positions {
            throw settings.error("length", "expected at most \(positions), which is what the network takes")
        }
        if tokenizer.paddingSide == .left {
            throw config.error(
                Self.key, "expected a tokenizer that fills up texts at their ends, not at their beginnings")
        }
        // There the reference lets the hidden tokens see each other, and how many there are depends on its batch.
        if !isAttendedTo, spec?.attention.disentangled != nil {
            throw settings.error("attend", "expected true, since DeBERTa's attention cannot hide tokens from others")
        }
        tokenID = try Self.token(settings, tokenizer)
    }

    private static func token(_ settings: ModelConfig, _ tokenizer: Tokenizer) throws -> Int32 {
        if let token = try settings.optionalString("token") {
            guard let id = tokenizer.id(of: token) else {
                throw settings.error("token", "expected a token of the vocabulary")
            }
            return id
        }
        guard let id = tokenizer.specialTokenIDs.mask ?? tokenizer.specialTokenIDs.eos else {
            throw settings.error("token", "the tokenizer has no mask_token and no eos_token to use instead")
        }
        return id
    }

    /// Tokens that a query may have, where others may have `limit`.
    func limit(_ limit: Int?) -> Int? {
        switch strategy {
        case .fixed: length
        case .minimum: limit.map { max($0, length) }
        }
    }

    /// The queries, none of them shorter than the expansion asks for.
    ///
    /// How many tokens each had before stays as it was.
    func expanding(_ queries: TokenBatch) -> TokenBatch {
        var result = TokenBatch()
        for query in 0..<queries.count {
            let tokens = queries.tokenRange(at: query), missing = max(0, length - tokens.count)
            result.ids += queries.ids[tokens] + repeatElement(tokenID, count: missing)
            result.typeIDs += queries.typeIDs[tokens] + repeatElement(0, count: missing)
            result.offsets.append(Int32(result.ids.count))
        }
        result.untruncatedCounts = queries.untruncatedCounts
        return result
    }
}
