// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A text, or a pair of texts that are encoded together.
public struct TokenizerInput: Sendable, Hashable, Codable, ExpressibleByStringLiteral {
    /// The text, or the first of two.
    public var text: String
    /// The second text of a pair.
    public var pair: String?

    /// Creates an input.
    public init(_ text: String, pair: String? = nil) {
        self.text = text
        self.pair = pair
    }

    /// Creates an input of one text.
    public init(stringLiteral value: String) {
        self.init(value)
    }
}
