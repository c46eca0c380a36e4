// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceEncoders
package import SentenceTokenizers

/// How a transformer's texts become tokens: by its tokenizer, its lengths, its chat template and its expansion of queries.
package struct TransformerReader: SubwordReader {
    /// The tokenizer, with what the settings add to it.
    package let subwordTokenizer: Tokenizer
    /// Tokens that a text without a task may have.
    package let maximumSequenceLength: Int?
    /// What queries are filled up with, if they are.
    package let queryExpansion: QueryExpansion?
    /// How texts become messages; nil of a model that reads them as they are.
    let chat: ChatMessages?
    private let taskLengths: TaskLengths

    /// Takes what a folder says of texts.
    ///
    /// - Parameters:
    ///   - text: What the folder says.
    ///   - spec: The network that reads the tokens; nil if it is not known.
    ///   - isPlain: Whether it is a Hugging Face folder as that library writes it, whose files say nothing of modules.
    /// - Throws: ``CheckpointError``, ``TokenizerError`` or ``SentenceTransformersError``.
    init(_ text: TransformerText, _ spec: EncoderSpec?, isPlain: Bool) throws {
        subwordTokenizer = text.tokenizer
        chat = try ChatMessages(text.settings, tokenizer: text.storedTokenizer, isInferred: isPlain)
        maximumSequenceLength = try text.maximumLength(spec)
        taskLengths = try TaskLengths(text.settings, positions: spec?.embeddings.positions?.maximumLength)
        queryExpansion = try QueryExpansion(text.settings, taskLengths, subwordTokenizer, spec)
    }

    package func maximumLength(_ asked: Int?, for task: EncodingTask?) -> Int? {
        let limit = taskLengths.limit(asked, for: task, otherwise: maximumSequenceLength)
        return task == .query ? queryExpansion?.limit(limit) ?? limit : limit
    }

    /// None in a chat model, whose prompts are messages that count like the others.
    package func promptLength(_ prompt: String, maximumLength: Int?) throws -> Int {
        chat == nil ? try promptTokenCount(prompt, maximumLength) : 0
    }

    package func tokenize(
        _ inputs: [TokenizerInput], prompt: String, maximumLength: Int?, task: EncodingTask?
    ) throws -> TokenBatch {
        if let chat { return try tokenize(inputs, chat, prompt, maximumLength, task) }
        let tokens = try tokenizeTexts(inputs.prompted(prompt), maximumLength: maximumLength)
        return task == .query ? queryExpansion?.expanding(tokens) ?? tokens : tokens
    }

    // MARK: Chat models

    /// Turns texts into tokens by way of messages.
    private func tokenize(
        _ inputs: [TokenizerInput], _ chat: ChatMessages, _ prompt: String, _ maximumLength: Int?, _ task: EncodingTask?
    ) throws -> TokenBatch {
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

    private func tokenizeLaidOut(_ texts: [TokenizerInput], maximumLength: Int?) throws -> TokenBatch {
        let direction = subwordTokenizer.truncationSide
        return try subwordTokenizer.encode(
            texts, addSpecialTokens: false,
            truncation: maximumLength.map { Truncation(maxLength: $0, direction: direction) })
    }

    /// The tokens that a template puts after any content: what is the same at the end of two texts that have nothing
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
