// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceEncoders
import SentenceFiles
import SentenceTokenizers

/// Pads short queries with tokens, usually `[MASK]`, whose vectors the model uses like those of the query.
///
/// Khattab and Zaharia, *ColBERT: Efficient and Effective Passage Search via Contextualized Late Interaction over BERT*,
/// 2020, <https://arxiv.org/abs/2004.12832>, section 3.2.
package struct QueryExpansion: Sendable, Equatable {
    /// How the length of queries is determined.
    package enum Strategy: String, Sendable, CaseIterable {
        /// All queries have the same length: longer ones are truncated.
        case fixed
        /// Longer queries keep their length.
        case minimum = "min"
    }

    /// How the length of queries is determined.
    package let strategy: Strategy
    /// The minimum number of tokens of a query, special tokens included.
    package let length: Int
    /// Whether the query's own tokens attend to the expansion tokens.
    package let isAttendedTo: Bool
    private let tokenID: Int32

    private static let key = "query_expansion"
    /// More than any network supports, and small enough that the offsets of a batch of queries do not overflow.
    private static let longest = 1 << 15

    /// Reads `query_expansion` from a transformer's settings; nil if queries are not expanded.
    ///
    /// - Throws: ``CheckpointError`` if it is invalid or does not suit the network and the tokenizer.
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
            throw settings.error("length", "expected at most \(positions), the maximum of the network")
        }
        if tokenizer.paddingSide == .left {
            throw config.error(
                Self.key, "expected a tokenizer that pads texts at the end, not at the beginning")
        }
        // With DeBERTa's attention the reference lets the masked tokens attend to each other, and their number depends
        // on the batch.
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

    /// The maximum number of tokens of a query, given that of other texts.
    func limit(_ limit: Int?) -> Int? {
        switch strategy {
        case .fixed: length
        case .minimum: limit.map { max($0, length) }
        }
    }

    /// The queries, padded with expansion tokens to the minimum length.
    ///
    /// The untruncated counts do not change.
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
