// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An end of a text, at which tokens are removed or added.
public enum TokenizerSide: String, Sendable, Hashable, Codable {
    /// The beginning of the text.
    case left
    /// The end of the text.
    case right
}

/// How token sequences that are too long are truncated.
public struct Truncation: Sendable, Equatable {
    /// Which text of a pair loses tokens.
    public enum Strategy: String, Sendable, Hashable {
        /// The longer text, until both are equally long; then both.
        case longestFirst
        /// Only the first text.
        case onlyFirst
        /// Only the second text.
        case onlySecond
    }

    /// The largest number of tokens, including special tokens.
    public var maxLength: Int
    /// Which text of a pair loses tokens.
    public var strategy: Strategy
    /// The end at which tokens are removed.
    public var direction: TokenizerSide

    /// Creates a truncation.
    public init(maxLength: Int, strategy: Strategy = .longestFirst, direction: TokenizerSide = .right) {
        self.maxLength = maxLength
        self.strategy = strategy
        self.direction = direction
    }

    /// The number of tokens that each text keeps, where `limit` does not count special tokens.
    ///
    /// The same arithmetic as in the reference's `truncate_encodings`.
    func kept(first: Int, second: Int?, limit: Int) throws(TokenizerError) -> (first: Int, second: Int) {
        let total = first + (second ?? 0)
        if total <= limit { return (first, second ?? 0) }
        if limit == 0 { return (0, 0) }
        let excess = total - limit
        switch strategy {
        case .longestFirst:
            guard let second else { return (limit, 0) }
            var (short, long) = (min(first, second), max(first, second))
            long = short > limit ? short : max(short, limit - short)
            if short + long > limit {
                short = limit / 2
                long = short + limit % 2
            }
            return first > second ? (long, short) : (short, long)
        case .onlyFirst:
            guard first > excess else { throw tooShort("first", first, excess) }
            return (first - excess, second ?? 0)
        case .onlySecond:
            guard let second else {
                throw TokenizerError(
                    .impossibleTruncation,
                    "cannot cut the second text to a length of \(maxLength): there is none; use longestFirst")
            }
            guard second > excess else { throw tooShort("second", second, excess) }
            return (first, second - excess)
        }
    }

    private func tooShort(_ which: String, _ length: Int, _ excess: Int) -> TokenizerError {
        TokenizerError(
            .impossibleTruncation,
            "cannot cut the pair to a length of \(maxLength): \(excess) tokens are too many and the \(which) text has "
                + "\(length), of which one must stay; use longestFirst")
    }
}
