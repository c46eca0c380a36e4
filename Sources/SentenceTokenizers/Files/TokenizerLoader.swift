// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Assembles a tokenizer from its files, as the reference does.
///
/// If the configuration names a class that builds its own pipeline (BERT, RoBERTa, T5 and many others), the vocabulary,
/// merges, added tokens and character map come from the files and the rest from the class. Otherwise `tokenizer.json`
/// is used verbatim.
struct TokenizerLoader {
    struct Result {
        var pipeline: Pipeline
        var configuration: TokenizerConfiguration
        var specialTokenIDs: Tokenizer.SpecialTokenIDs
    }

    let files: TokenizerFiles

    func load() throws -> Result {
        var configuration = try TokenizerConfiguration.read(files)
        let tokenizerClass = try TokenizerClass.resolve(configuration, files)
        configuration.classGivesTokenTypes = tokenizerClass.givesTokenTypes
        try tokenizerClass.setTokens(&configuration, hasFile: files.contents["tokenizer.json"] != nil)
        let source = try ModelSource(files, tokenizerClass, &configuration)
        if let file = source.file { configuration.take(file) }
        var parts =
            try tokenizerClass.isVerbatim
            ? PipelineParts(source.pipeline) : tokenizerClass.parts(configuration, source.characterMap)
        let model = try named(source.name) {
            try source.makeModel(tokenizerClass.model, configuration, &parts.preTokenizer)
        }
        var added = AddedVocabulary(splitsSpecialTokens: configuration.splitsSpecialTokens)
        try named(source.name) {
            try addTokens(&added, model, source.file?.added_tokens ?? [], configuration, tokenizerClass)
        }
        try named(source.name) { try added.finish(parts.normalizer) }
        func code(of token: String) -> Int32? { added.ids[token] ?? model.vocabulary.id(of: token) }
        func id(_ key: String) -> Int32? {
            configuration.namedTokens[key].flatMap { code(of: $0.token.content) }
        }
        let ids = Tokenizer.SpecialTokenIDs(
            cls: id("cls_token"), sep: id("sep_token"), pad: id("pad_token"), mask: id("mask_token"),
            unk: id("unk_token"), bos: id("bos_token"), eos: id("eos_token"))
        let context = LayoutContext(
            ids: ids, language: tokenizerClass.language(configuration).flatMap { code(of: $0) ?? ids.unk },
            configuration: configuration, hasLayout: source.pipeline?.post_processor != nil)
        let templates = try named(source.name) {
            try tokenizerClass.layout(context) ?? source.pipeline?.post_processor?.base.templates()
        }
        let pipeline = Pipeline(
            normalizer: parts.normalizer, preTokenizer: parts.preTokenizer, model: model, added: added,
            templates: templates ?? defaultTemplates(ids, configuration, source), decoder: parts.decoder)
        try named(source.name) { try pipeline.checkIDs() }
        return Result(pipeline: pipeline, configuration: configuration, specialTokenIDs: ids)
    }

    /// The configuration's special tokens are only put around texts if there is no `tokenizer.json`.
    private func defaultTemplates(
        _ ids: Tokenizer.SpecialTokenIDs, _ configuration: TokenizerConfiguration, _ source: ModelSource
    ) -> Templates {
        source.file == nil ? .framed(ids, configuration) : .none
    }

    /// Runs a step, adding the name of the file to its errors.
    private func named<Value>(_ file: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as TokenizerError {
            throw TokenizerError(error.code, error.message, file: error.file ?? file)
        }
    }

    /// Adds tokens in the reference's order: those of a verbatim file, those of the configuration by id, special ones.
    ///
    /// A token keeps its first id, and has the flags with which it was added last.
    private func addTokens(
        _ added: inout AddedVocabulary, _ model: any Model, _ inFile: [TokenizerJSON.IdentifiedToken],
        _ configuration: TokenizerConfiguration, _ tokenizerClass: TokenizerClass
    ) throws {
        if tokenizerClass.isVerbatim { try added.add(inFile.map(\.token), to: model) }
        var toAdd = configuration.addedTokens?.sorted { $0.key < $1.key }.map(\.value) ?? []
        if configuration.addedTokens == nil {
            var tokens = try legacyAddedTokens(configuration)
            for item in inFile { tokens[item.id] = item.token }
            toAdd = tokens.sorted { $0.key < $1.key }.map(\.value)
        }
        var contents = Set(exact: added.tokens.values.map(\.content) + toAdd.map(\.content))
        for special in configuration.specialTokens where contents.insert(special.token.content) {
            toAdd.append(special.token)
        }
        let named = Set(exact: configuration.namedTokens.values.map(\.token.content))
        for index in toAdd.indices where named.contains(toAdd[index].content) { toAdd[index].isSpecial = true }
        try added.add(toAdd, to: model)
        if tokenizerClass.forgetsFlags {
            let plain = configuration.specialTokens.map { AddedToken($0.token.content, isSpecial: true) }
            try added.add(plain, to: model)
        }
    }

    /// `added_tokens.json` of old folders: ids by token.
    private func legacyAddedTokens(_ configuration: TokenizerConfiguration) throws -> [Int: AddedToken] {
        guard let data = files.contents["added_tokens.json"] else { return [:] }
        let ids = try TokenizerFiles.decode([ExactString: Int].self, data, "added_tokens.json")
        let special = Set(exact: configuration.specialTokens.map(\.token.content))
        var tokens: [Int: AddedToken] = [:]
        for (content, id) in ids.sorted(by: { $0.key < $1.key }) {
            tokens[id] = AddedToken(content.string, isSpecial: special.contains(content))
        }
        return tokens
    }
}

extension Pipeline {
    /// Checks that the special tokens in the layouts are in the vocabulary.
    fileprivate func checkIDs() throws(TokenizerError) {
        for piece in templates.single + templates.pair {
            guard case .special(let ids, _) = piece else { continue }
            for id in ids where added.tokens[id] == nil && model.vocabulary.token(of: id) == nil {
                throw TokenizerError(
                    .inconsistentTokenizer,
                    "post_processor puts the id \(id) around texts, which is not in the vocabulary; correct the id")
            }
        }
    }
}
