// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceEncoders
package import SentenceTokenizers

/// Tokenises a transformer's texts by its tokenizer, maximum lengths, chat template and query expansion.
package struct TransformerReader: SubwordReader {
    /// The tokenizer, with the additions in the settings.
    package let subwordTokenizer: Tokenizer
    /// The maximum number of tokens of a text without a task.
    package let maximumSequenceLength: Int?
    /// The expansion of queries; nil if they are not expanded.
    package let queryExpansion: QueryExpansion?
    /// Turns texts into messages; nil if the model reads the texts directly.
    let chat: ChatMessages?
    private let taskLengths: TaskLengths

    /// Creates a reader from the text settings of a folder.
    ///
    /// - Parameters:
    ///   - text: The text settings of the folder.
    ///   - spec: The network that reads the tokens; nil if it is not known.
    ///   - isPlain: Whether the folder is a plain Hugging Face folder, whose files do not describe modules.
    /// - Throws: ``CheckpointError``, ``TokenizerError`` or ``SentenceTransformersError``.
    init(_ text: TransformerText, _ spec: EncoderSpec?, isPlain: Bool) throws {
        subwordTokenizer = text.tokenizer
        chat = try ChatMessages(text.settings, tokenizer: text.storedTokenizer, isInferred: isPlain)
        maximumSequenceLength = try text.maximumLength(spec)
        taskLengths = try TaskLengths(text.settings, positions: spec?.embeddings.positions?.maximumLength)
        queryExpansion = try QueryExpansion(text.settings, taskLengths, subwordTokenizer, spec)
    }

    package func maximumLength(_ requested: Int?, for task: EncodingTask?) -> Int? {
        let limit = taskLengths.limit(requested, for: task, otherwise: maximumSequenceLength)
        return task == .query ? queryExpansion?.limit(limit) ?? limit : limit
    }

    /// 0 for a chat model, whose prompt is a message like the others and is pooled with them.
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

    /// Tokenises texts that are first turned into messages.
    private func tokenize(
        _ inputs: [TokenizerInput], _ chat: ChatMessages, _ prompt: String, _ maximumLength: Int?, _ task: EncodingTask?
    ) throws -> TokenBatch {
        let texts = try inputs.map { TokenizerInput(try chat.text(of: $0, prompt: prompt, task: task)) }
        var batch = try tokenizeRendered(texts, maximumLength: maximumLength)
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

    private func tokenizeRendered(_ texts: [TokenizerInput], maximumLength: Int?) throws -> TokenBatch {
        let direction = subwordTokenizer.truncationSide
        return try subwordTokenizer.encode(
            texts, addSpecialTokens: false,
            truncation: maximumLength.map { Truncation(maxLength: $0, direction: direction) })
    }

    /// The tokens that a template adds after the content: the common suffix of two texts that share no content.
    ///
    /// Truncation removes these tokens first, but models that read the last token need them.
    private func templateEnd(
        _ chat: ChatMessages, isPair: Bool, _ prompt: String, _ task: EncodingTask?
    ) throws -> [Int32] {
        let texts = try ["0", "1 2 3 4"].map { filler in
            let input = TokenizerInput(filler, pair: isPair ? filler : nil)
            return TokenizerInput(try chat.text(of: input, prompt: prompt, task: task))
        }
        let tokens = try tokenizeRendered(texts, maximumLength: nil)
        let (first, second) = (tokens.ids[tokens.tokenRange(at: 0)], tokens.ids[tokens.tokenRange(at: 1)])
        let count = zip(first.reversed(), second.reversed()).prefix { $0 == $1 }.count
        // If one is a suffix of the other, they do not show where the content ends.
        return count < min(first.count, second.count) ? Array(first.suffix(count)) : []
    }
}
