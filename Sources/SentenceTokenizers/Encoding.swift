// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One text or pair as tokens, with all information about each of them.
///
/// All arrays have one element for each token.
public struct Encoding: Sendable, Hashable, Codable {
    /// Ids in the vocabulary.
    public var ids: [Int32] = []
    /// The segment of each token, which BERT calls token type.
    public var typeIDs: [Int32] = []
    /// The UTF-8 byte range of each token in its text; `0..<0` for tokens that do not come from a text.
    public var offsets: [Range<Int>] = []
    /// 0 for tokens of the text, 1 for tokens of its pair, `nil` for tokens that the tokenizer added.
    public var sequenceIDs: [Int?] = []
    /// Whether the tokenizer added the token.
    public var specialTokensMask: [Bool] = []
    /// The tokens as spelled in the vocabulary.
    public var tokens: [String] = []
    /// The number of tokens before truncation, including special tokens.
    public var untruncatedCount: Int = 0

    /// Creates an encoding without tokens.
    public init() {}

    /// The number of tokens.
    public var count: Int { ids.count }
}
