// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Splits normalized text into words; a few kinds also change the text.
protocol PreTokenizer: Sendable {
    /// Splits every word further.
    func apply(to text: inout PreTokenizedText)

    /// The same pre-tokenizer for a model that reads bytes directly.
    ///
    /// Nil unless the last step of this one is to represent bytes by characters.
    var leavingBytes: (any PreTokenizer)? { get }

    /// Whether it needs to know where the text comes from.
    var needsSources: Bool { get }
}

extension PreTokenizer {
    var leavingBytes: (any PreTokenizer)? { nil }
    var needsSources: Bool { false }
}

/// All kinds of pre-tokenizer; a new kind needs one file and one line here.
enum PreTokenizers: ComponentFamily {
    static let name = "pre_tokenizer"
    static let known: [String: @Sendable (any Decoder) throws -> any PreTokenizer] = [
        "BertPreTokenizer": { _ in BertPreTokenizer() },
        "ByteLevel": ByteLevel.init(from:),
        "CharDelimiterSplit": CharDelimiterSplit.init(from:),
        "Digits": Digits.init(from:),
        "FixedLength": FixedLength.init(from:),
        "Metaspace": Metaspace.init(from:),
        "Punctuation": Punctuation.init(from:),
        "Sequence": PreTokenizerSequence.init(from:),
        "Split": Split.init(from:),
        "UnicodeScripts": { _ in UnicodeScripts() },
        "Whitespace": { _ in Whitespace() },
        "WhitespaceSplit": { _ in WhitespaceSplit() },
    ]
}
