// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTokenizers

/// Turns texts into subword tokens, independently of the network that reads them.
package protocol SubwordReader: TextReader {
    /// The tokenizer.
    var subwordTokenizer: Tokenizer { get }
    /// Whether the tokenizer's special tokens are added to a text.
    var addsSpecialTokens: Bool { get }
}

extension SubwordReader {
    package var addsSpecialTokens: Bool { true }

    package func tokenize(
        _ inputs: [TokenizerInput], prompt: String, maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch {
        try tokenizeTexts(inputs.prompted(prompt), maximumLength: maximumLength)
    }

    package func promptLength(_ prompt: String, maximumLength: Int?) throws -> Int {
        try promptTokenCount(prompt, maximumLength)
    }

    /// Tokenises texts without a prompt, truncating each to `maximumLength` tokens.
    func tokenizeTexts(_ inputs: [TokenizerInput], maximumLength: Int?) throws -> TokenBatch {
        let direction = subwordTokenizer.truncationSide
        var tokens = try subwordTokenizer.encode(
            inputs, addSpecialTokens: addsSpecialTokens,
            truncation: maximumLength.map { Truncation(maxLength: $0, direction: direction) })
        if !subwordTokenizer.givesTokenTypes { tokens.dropTypes() }
        return tokens
    }

    /// The number of tokens of the prompt alone, truncated like a text and without a final special token.
    func promptTokenCount(_ prompt: String, _ maximumLength: Int?) throws -> Int {
        let direction = subwordTokenizer.truncationSide
        let encoding = try subwordTokenizer.encode(
            prompt, addSpecialTokens: addsSpecialTokens,
            truncation: maximumLength.map { Truncation(maxLength: $0, direction: direction) })
        return encoding.ids.count - (encoding.specialTokensMask.last == true ? 1 : 0)
    }
}
