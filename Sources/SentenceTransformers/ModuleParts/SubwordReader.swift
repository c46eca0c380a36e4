// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTokenizers

/// What turns texts into tokens of subwords, without the network that reads these.
package protocol SubwordReader: TextReader {
    /// The tokenizer.
    var subwordTokenizer: Tokenizer { get }
    /// Whether a text gets the tokenizer's special tokens.
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

    /// Turns texts into tokens as they are.
    func tokenizeTexts(_ inputs: [TokenizerInput], maximumLength: Int?) throws -> TokenBatch {
        let direction = subwordTokenizer.truncationSide
        var tokens = try subwordTokenizer.encode(
            inputs, addSpecialTokens: addsSpecialTokens,
            truncation: maximumLength.map { Truncation(maxLength: $0, direction: direction) })
        if !subwordTokenizer.givesTokenTypes { tokens.dropTypes() }
        return tokens
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
