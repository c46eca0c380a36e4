// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceEncoders
import SentenceFiles
import SentenceTokenizers

/// How a transformer reads texts, as its folder says it beside the weights.
struct TransformerText: Sendable {
    /// What `config.json` says, and what the author puts in its place.
    let config: ModelConfig
    /// `sentence_bert_config.json`, with what other files of the model say in its place.
    let settings: ModelConfig
    /// The tokenizer as its files hold it, without what `do_lower_case` adds.
    let storedTokenizer: Tokenizer
    let tokenizer: Tokenizer
    private let arguments: LoadingArguments

    /// The names that the file of settings has had in the reference's history.
    static let settingsFiles = [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json",
        "sentence_camembert_config.json", "sentence_albert_config.json", "sentence_xlm-roberta_config.json",
        "sentence_xlnet_config.json",
    ]

    /// Reads a folder; `config.json` may be missing where only tokens are asked for.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - isPlain: Whether it is a Hugging Face folder as that library writes it, whose files say nothing of modules.
    ///   - defaults: What other files of the model say of it.
    ///   - needsConfig: Whether `config.json` must be there.
    /// - Throws: ``CheckpointError`` or ``TokenizerError``.
    init(
        folder: ModuleFolder, isPlain: Bool = false, defaults: ModuleDefaults = .init(), needsConfig: Bool = true
    ) throws {
        let file = isPlain ? nil : Self.settingsFiles.first(where: folder.contains)
        let stored = try file.map { try folder.config($0) } ?? ModelConfig(name: Self.settingsFiles[0], values: [:])
        try KnownKeys.transformer.check(stored)
        settings = defaults.completing(stored)
        arguments = try LoadingArguments(settings)
        config = arguments.completing(try folder.config(isOptional: !needsConfig))
        storedTokenizer = try defaults.completing(Tokenizer(directory: folder.url, settings: arguments.tokenizer))
        tokenizer =
            try settings.bool("do_lower_case", default: false) ? storedTokenizer.withLowercasing() : storedTokenizer
    }

    /// Tokens that a text may have, special ones included, by an encoder of the given spec; nil if there is no bound.
    func maximumLength(_ spec: EncoderSpec?) throws -> Int? {
        // The tokenizer's own length wins over `max_seq_length` only where the author passes it on.
        let passed = arguments.tokenizer["model_max_length"] != nil ? tokenizer.modelMaxLength : nil
        let limit =
            try passed ?? settings.optionalInt("max_seq_length")
            ?? [tokenizer.modelMaxLength, spec?.maximumLength].compactMap(\.self).min()
        if let limit, limit < 1 { throw settings.error("max_seq_length", "expected a positive number") }
        return [limit, spec?.embeddings.positions?.maximumLength].compactMap(\.self).min()
    }
}
