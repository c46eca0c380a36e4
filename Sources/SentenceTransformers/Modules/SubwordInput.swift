// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTokenizers

/// An input module whose tokens come from a tokenizer of subwords.
package protocol SubwordInput: InputModule {
    /// The tokenizer.
    var subwordTokenizer: Tokenizer { get }
    /// Whether a text gets the tokenizer's special tokens.
    var addsSpecialTokens: Bool { get }
    /// What queries are filled up with, if they are.
    var queryExpansion: QueryExpansion? { get }
}

extension SubwordInput {
    package var tokenizer: Tokenizer? { subwordTokenizer }
    package var addsSpecialTokens: Bool { true }
    package var queryExpansion: QueryExpansion? { nil }

    package func tokenize(
        _ inputs: [TokenizerInput], maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch {
        try tokenizeTexts(inputs, maximumLength: maximumLength, task: task)
    }

    package func promptLength(_ prompt: String, maximumLength: Int?) throws -> Int {
        try promptTokenCount(prompt, maximumLength)
    }

    /// Turns texts into tokens as they are, queries with what they are filled up with.
    func tokenizeTexts(
        _ inputs: [TokenizerInput], maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch {
        let direction = subwordTokenizer.truncationSide
        var tokens = try subwordTokenizer.encode(
            inputs, addSpecialTokens: addsSpecialTokens,
            truncation: maximumLength.map { Truncation(maxLength: $0, direction: direction) })
        if !subwordTokenizer.givesTokenTypes { tokens.dropTypes() }
        return task == .query ? queryExpansion?.expanding(tokens) ?? tokens : tokens
    }

    /// All tokens that the prompt has alone, cut as a text would be, but a closing special one.
    func promptTokenCount(_ prompt: String, _ maximumLength: Int?) throws -> Int {
        let direction = subwordTokenizer.truncationSide
        let encoding = try subwordTokenizer.encode(
            prompt, addSpecialTokens: addsSpecialTokens,
            truncation: maximumLength.map { Truncation(maxLength: $0, direction: direction) })
        return encoding.ids.count - (encoding.specialTokensMask.last == true ? 1 : 0)
    }
}
