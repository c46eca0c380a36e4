// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Converts texts to token ids and back, as the reference does with the same files.
///
/// A value is immutable; any number of tasks may use it at the same time.
public struct Tokenizer: Sendable {
    /// The ids of the tokens that have a role in models; `nil` if the tokenizer has no such token.
    public struct SpecialTokenIDs: Sendable, Hashable {
        /// Begins every input (`cls_token`).
        public var cls: Int32?
        /// Ends every text (`sep_token`).
        public var sep: Int32?
        /// Pads short inputs (`pad_token`).
        public var pad: Int32?
        /// Replaces a hidden token (`mask_token`).
        public var mask: Int32?
        /// Replaces what is not in the vocabulary (`unk_token`).
        public var unk: Int32?
        /// Begins a sequence (`bos_token`).
        public var bos: Int32?
        /// Ends a sequence (`eos_token`).
        public var eos: Int32?
    }

    let pipeline: Pipeline
    /// The truncation in `tokenizer.json` itself; only programs that read that file alone use it.
    package let fileTruncation: Truncation?
    /// Whether models receive token types (`token_type_ids`); otherwise all tokens are of the first type.
    package let givesTokenTypes: Bool
    let files: TokenizerFiles
    /// Whether `withLowercasing` has added a normalizer that the files lack.
    let addsLowercase: Bool
    /// The tokens added by `withSpecialTokens`, which the files lack.
    let addedSpecialTokens: [String]

    /// The largest number of tokens that the model was made for (`model_max_length`); `nil` if the files set none.
    public let modelMaxLength: Int?
    /// The end at which texts are truncated (`truncation_side`).
    public let truncationSide: TokenizerSide
    /// The end at which short inputs would be padded (`padding_side`).
    public let paddingSide: TokenizerSide
    /// The ids of the tokens with a role.
    public let specialTokenIDs: SpecialTokenIDs

    /// Loads the tokenizer in a folder.
    ///
    /// It reads `tokenizer.json`, or `vocab.txt` if that is missing, and `tokenizer_config.json` and the other files
    /// that belong to them.
    ///
    /// - Throws: `TokenizerError`: `unreadableFile`, `malformedFile`, `unsupportedComponent`,
    ///   `inconsistentTokenizer`.
    public init(directory: URL) throws { try self.init(directory: directory, settings: [:]) }

    /// Loads the tokenizer in a folder, with settings that override those of `tokenizer_config.json`.
    ///
    /// - Throws: Like `init(directory:)`.
    package init(directory: URL, settings: JSONObject) throws {
        try self.init(files: TokenizerFiles(directory: directory, settings: settings))
    }

    /// Loads the tokenizer that `tokenizer.json` alone describes, ignoring all other files.
    ///
    /// - Throws: Like `init(directory:)`.
    package init(verbatim directory: URL) throws {
        var files = try TokenizerFiles(directory: directory)
        for name in TokenizerFiles.besides { files.contents[name] = nil }
        files.modelConfiguration = nil
        try self.init(files: files)
    }

    init(files: TokenizerFiles) throws {
        let loaded = try TokenizerLoader(files: files).load()
        self.init(
            pipeline: loaded.pipeline, files: files, addsLowercase: false, configuration: loaded.configuration,
            specialTokenIDs: loaded.specialTokenIDs)
    }

    private init(
        pipeline: Pipeline, files: TokenizerFiles, addsLowercase: Bool, configuration: TokenizerConfiguration,
        specialTokenIDs: SpecialTokenIDs
    ) {
        self.pipeline = pipeline
        self.files = files
        self.addsLowercase = addsLowercase
        addedSpecialTokens = []
        self.specialTokenIDs = specialTokenIDs
        modelMaxLength = configuration.modelMaxLength
        truncationSide = configuration.truncationSide
        paddingSide = configuration.paddingSide
        fileTruncation = configuration.fileTruncation
        givesTokenTypes = configuration.givesTokenTypes
    }

    /// The same tokenizer with another pipeline.
    init(_ other: Tokenizer, pipeline: Pipeline, addsLowercase: Bool, addedSpecialTokens: [String]) {
        self.pipeline = pipeline
        self.addsLowercase = addsLowercase
        self.addedSpecialTokens = addedSpecialTokens
        files = other.files
        modelMaxLength = other.modelMaxLength
        truncationSide = other.truncationSide
        paddingSide = other.paddingSide
        fileTruncation = other.fileTruncation
        givesTokenTypes = other.givesTokenTypes
        specialTokenIDs = other.specialTokenIDs
    }

    /// The number of different tokens, including added tokens.
    public var vocabularySize: Int {
        let vocabulary = pipeline.model.vocabulary
        return pipeline.added.ids.keys.reduce(pipeline.model.count) {
            $0 + (vocabulary.id(of: $1.string) == nil ? 1 : 0)
        }
    }

    /// The largest id of any token; -1 if there is none.
    package var greatestID: Int32 {
        max(Int32(pipeline.model.vocabulary.greatestID), pipeline.added.tokens.keys.max() ?? -1)
    }

    /// The id of a token, spelled as in the vocabulary.
    public func id(of token: String) -> Int32? {
        pipeline.added.ids[token] ?? pipeline.model.vocabulary.id(of: token)
    }

    /// The token with an id, spelled as in the vocabulary.
    public func token(of id: Int32) -> String? {
        pipeline.added.tokens[id]?.content ?? pipeline.model.vocabulary.token(of: id)
    }

    /// The number of special tokens that encoding adds to a text or a pair.
    public func specialTokenCount(isPair: Bool) -> Int {
        pipeline.templates.specialTokenCount(isPair: isPair)
    }
}
