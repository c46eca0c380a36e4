// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceTokenizers

extension Transformer {
    /// Turns texts into tokens; those of a chat model by way of messages.
    package func tokenize(
        _ inputs: [TokenizerInput], prompt: String, maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch {
        guard let chat else {
            return try tokenizeTexts(inputs.prompted(prompt), maximumLength: maximumLength, task: task)
        }
        let texts = try inputs.map { TokenizerInput(try chat.text(of: $0, prompt: prompt, task: task)) }
        var batch = try tokenizeLaidOut(texts, maximumLength: maximumLength)
        guard let maximumLength else { return batch }
        var ends: [Bool: [Int32]] = [:]
        for index in 0..<batch.count where batch.tokenRange(at: index).count >= maximumLength {
            let isPair = inputs[index].pair != nil
            let end = try ends[isPair] ?? templateEnd(chat, isPair: isPair, prompt, task)
            ends[isPair] = end
            let range = batch.tokenRange(at: index)
            let kept = end.suffix(range.count)
            batch.ids.replaceSubrange(range.upperBound - kept.count..<range.upperBound, with: kept)
        }
        return batch
    }

    package func tokenize(
        _ inputs: [TokenizerInput], maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch {
        try tokenize(inputs, prompt: "", maximumLength: maximumLength, task: task)
    }

    /// None in a chat model, whose prompts are messages that count like the others.
    package func promptLength(_ prompt: String, maximumLength: Int?) throws -> Int {
        chat == nil ? try promptTokenCount(prompt, maximumLength) : 0
    }

    private func tokenizeLaidOut(_ texts: [TokenizerInput], maximumLength: Int?) throws -> TokenBatch {
        let direction = subwordTokenizer.truncationSide
        return try subwordTokenizer.encode(
            texts, addSpecialTokens: false,
            truncation: maximumLength.map { Truncation(maxLength: $0, direction: direction) })
    }

    /// The tokens that a template puts behind any content: what is the same at the end of two texts that have nothing
    /// in common.
    ///
    /// Truncation takes them first, and models that read the last token cannot do without.
    private func templateEnd(
        _ chat: ChatMessages, isPair: Bool, _ prompt: String, _ task: EncodingTask?
    ) throws -> [Int32] {
        let texts = try ["0", "1 2 3 4"].map { filler in
            let input = TokenizerInput(filler, pair: isPair ? filler : nil)
            return TokenizerInput(try chat.text(of: input, prompt: prompt, task: task))
        }
        let tokens = try tokenizeLaidOut(texts, maximumLength: nil)
        let (first, second) = (tokens.ids[tokens.tokenRange(at: 0)], tokens.ids[tokens.tokenRange(at: 1)])
        let count = zip(first.reversed(), second.reversed()).prefix { $0 == $1 }.count
        // Two texts that are one in the other say nothing about where content ends.
        return count < min(first.count, second.count) ? Array(first.suffix(count)) : []
    }
}
