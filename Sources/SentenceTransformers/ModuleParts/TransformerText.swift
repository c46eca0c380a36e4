// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceCheckpoints
import SentenceEncoders
import SentenceFiles
import SentenceTokenizers

/// The text settings of a transformer: everything in its folder except the weights.
struct TransformerText: Sendable {
    /// `config.json`, with the overrides in the model's settings.
    let config: ModelConfig
    /// `sentence_bert_config.json`, completed by other files of the model.
    let settings: ModelConfig
    /// The tokenizer of the files, without the lowercasing of `do_lower_case`.
    let storedTokenizer: Tokenizer
    let tokenizer: Tokenizer
    private let arguments: LoadingArguments

    /// The current and older names of the settings file in the reference.
    static let settingsFiles = [
        "sentence_bert_config.json", "sentence_roberta_config.json", "sentence_distilbert_config.json",
        "sentence_camembert_config.json", "sentence_albert_config.json", "sentence_xlm-roberta_config.json",
        "sentence_xlnet_config.json",
    ]

    /// Reads a folder; `config.json` may be missing if only the tokenizer is needed.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - isPlain: Whether the folder is a plain Hugging Face folder, whose files do not describe modules.
    ///   - defaults: Settings in other files of the model.
    ///   - needsConfig: Whether `config.json` must exist.
    /// - Throws: ``CheckpointError`` or ``TokenizerError``.
    init(
        folder: ModuleFolder, isPlain: Bool = false, defaults: ModuleDefaults = .init(), needsConfig: Bool = true
    ) throws {
        let file = isPlain ? nil : Self.settingsFiles.first(where: folder.contains)
        let stored = try file.map { try folder.config($0) } ?? ModelConfig(name: Self.settingsFiles[0], values: [:])
        try KnownKeys.transformer.check(stored)
        settings = defaults.completing(stored)
        arguments = try LoadingArguments(settings)
        let source = try folder.base
        config = arguments.completing(try source.config(isOptional: !needsConfig))
        // Who saves an adapter with PEFT alone saves no tokenizer.
        let hasTokenizer = ["tokenizer.json", "tokenizer_config.json"].contains(where: folder.contains)
        let files = hasTokenizer ? folder : source
        storedTokenizer = try defaults.completing(Tokenizer(directory: files.url, settings: arguments.tokenizer))
        tokenizer =
            try settings.bool("do_lower_case", default: false) ? storedTokenizer.withLowercasing() : storedTokenizer
    }

    /// The maximum number of tokens of a text, special tokens included, for an encoder of the given spec; nil if there
    /// is no limit.
    func maximumLength(_ spec: EncoderSpec?) throws -> Int? {
        // The tokenizer's length takes precedence over `max_seq_length` only if the model's settings pass it to the
        // tokenizer.
        let passed = arguments.tokenizer["model_max_length"] != nil ? tokenizer.modelMaxLength : nil
        let limit =
            try passed ?? settings.optionalInt("max_seq_length")
            ?? [tokenizer.modelMaxLength, spec?.maximumLength].compactMap(\.self).min()
        if let limit, limit < 1 { throw settings.error("max_seq_length", "expected a positive number") }
        return [limit, spec?.embeddings.positions?.maximumLength].compactMap(\.self).min()
    }
}
