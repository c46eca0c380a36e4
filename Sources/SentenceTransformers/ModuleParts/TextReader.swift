// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTokenizers

/// Turns texts into tokens, independently of the network that reads them.
package protocol TextReader: Sendable {
    /// The maximum number of tokens of a text, special tokens included; nil if there is no limit.
    var maximumSequenceLength: Int? { get }

    /// The maximum number of tokens of a text with the given task; `requested` is the caller's limit, if any.
    func maximumLength(_ requested: Int?, for task: EncodingTask?) -> Int?
    /// Tokenises texts with a prompt, truncating each to `maximumLength` tokens.
    func tokenize(
        _ inputs: [TokenizerInput], prompt: String, maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch
    /// The number of prompt tokens at the beginning of a text truncated to `maximumLength` tokens.
    func promptLength(_ prompt: String, maximumLength: Int?) throws -> Int
}

extension TextReader {
    package func maximumLength(_ requested: Int?, for task: EncodingTask?) -> Int? {
        [requested, maximumSequenceLength].compactMap(\.self).min()
    }

    /// Tokenises texts, truncating each to `maximumLength` tokens.
    package func tokenize(
        _ inputs: [TokenizerInput], maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch {
        try tokenize(inputs, prompt: "", maximumLength: maximumLength, task: task)
    }
}

extension [TokenizerInput] {
    /// The inputs with a prompt before each text, or before the first text of a pair.
    func prompted(_ prompt: String) -> [TokenizerInput] {
        prompt.isEmpty ? self : map { TokenizerInput(prompt + $0.text, pair: $0.pair) }
    }
}
