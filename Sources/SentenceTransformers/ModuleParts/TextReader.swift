// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTokenizers

/// What turns texts into tokens, without the network that reads these.
package protocol TextReader: Sendable {
    /// Tokens that a text may have, special ones included; nil if there is no bound.
    var maximumSequenceLength: Int? { get }

    /// Tokens that a text of a task may have when a caller asks for so many.
    func maximumLength(_ asked: Int?, for task: EncodingTask?) -> Int?
    /// Turns texts with a prompt into tokens, of which at most `maximumLength` are kept.
    func tokenize(
        _ inputs: [TokenizerInput], prompt: String, maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch
    /// The tokens that a prompt takes at the beginning of a text of at most `maximumLength` tokens.
    func promptLength(_ prompt: String, maximumLength: Int?) throws -> Int
}

extension TextReader {
    package func maximumLength(_ asked: Int?, for task: EncodingTask?) -> Int? {
        [asked, maximumSequenceLength].compactMap(\.self).min()
    }

    /// Turns texts into tokens, of which at most `maximumLength` are kept.
    package func tokenize(
        _ inputs: [TokenizerInput], maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch {
        try tokenize(inputs, prompt: "", maximumLength: maximumLength, task: task)
    }
}

extension [TokenizerInput] {
    /// The texts with a prompt before each, of a pair before the first.
    func prompted(_ prompt: String) -> [TokenizerInput] {
        prompt.isEmpty ? self : map { TokenizerInput(prompt + $0.text, pair: $0.pair) }
    }
}
