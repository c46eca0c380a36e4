// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How much of a text was encoded.
public struct TruncationReceipt: Sendable, Hashable, Codable {
    /// The number of tokens of the whole text, prompt and special tokens included.
    public let tokenCount: Int
    /// The number of tokens that were encoded.
    public let usedCount: Int
    /// Whether the text was truncated to the maximum length.
    public var isTruncated: Bool { usedCount < tokenCount }

    /// The receipt of one text.
    package init(tokenCount: Int, usedCount: Int) {
        self.tokenCount = tokenCount
        self.usedCount = usedCount
    }
}
