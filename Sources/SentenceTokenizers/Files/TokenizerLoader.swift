// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `tokenizer.json` without its vocabulary, as far as the reference always takes it from there.
struct TokenizerJSON: Decodable {
    struct ModelSettings: Decodable {
        var type: String?
        var unk_token: String?
        var continuing_subword_prefix: String?
        var max_input_chars_per_word: Int?
    }

    struct IdentifiedToken: Decodable {
        var id: Int
        var token: AddedToken

        private enum CodingKeys: String, CodingKey {
            case id
        }

        init(from decoder: any Decoder) throws {
            id = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .id)
            token = try AddedToken(from: decoder)
        }
    }

    var added_tokens: [IdentifiedToken]?
    var model: ModelSettings
}

/// The parts of `tokenizer.json` that only count where the file is taken verbatim.
struct TokenizerJSONPipeline: Decodable {
    var normalizer: AnyNormalizer?
    var pre_tokenizer: AnyPreTokenizer?
    var post_processor: AnyPostProcessor?
    var decoder: AnyTokenDecoder?
}

/// Puts a tokenizer together from its files, in the way of the reference.
///
/// Where the configuration names a class that builds its own pipeline (BERT and its relatives), only vocabulary and
/// added tokens come from `tokenizer.json`. Otherwise the file is taken verbatim.
struct TokenizerLoader {
    struct Result {
        var pipeline: Pipeline
        var configuration: TokenizerConfiguration
        var specialTokenIDs: Tokenizer.SpecialTokenIDs
    }

    let files: TokenizerFiles

    func load() throws -> Result {
        var configuration = try TokenizerConfiguration.read(files)
        let tokenizerClass = try TokenizerClass(configuration, files)
        configuration.setTokens(of: tokenizerClass)
        let vocabulary: Vocabulary
        var file: TokenizerJSON?
        var pipelineFile: TokenizerJSONPipeline?
        if let data = files.contents["tokenizer.json"] {
            let (read, rest) = try named("tokenizer.json") { try Vocabulary.read(tokenizerJSON: data) }
            vocabulary = read
            file = try TokenizerFiles.decode(TokenizerJSON.self, rest, "tokenizer.json")
            if tokenizerClass == .verbatim {
                pipelineFile = try TokenizerFiles.decode(TokenizerJSONPipeline.self, rest, "tokenizer.json")
            }
        } else {
            vocabulary = try Vocabulary.read(vocabularyText: files.contents["vocab.txt"] ?? Data())
        }
        let name = file == nil ? "vocab.txt" : "tokenizer.json"
        let model = try named(name) { try makeModel(vocabulary, file?.model, tokenizerClass, configuration) }
        let normalizer: (any Normalizer)? =
            tokenizerClass == .verbatim ? pipelineFile?.normalizer?.base : configuration.bertNormalizer
        var added = AddedVocabulary()
        try named(name) {
            try addTokens(&added, vocabulary, file?.added_tokens ?? [], configuration, tokenizerClass)
        }
        added.finish(normalizer)
        func id(_ key: String) -> Int32? {
            guard let content = configuration.namedTokens[key]?.token.content else { return nil }
            return added.ids[content] ?? vocabulary.id(of: content)
        }
        let ids = Tokenizer.SpecialTokenIDs(
            cls: id("cls_token"), sep: id("sep_token"), pad: id("pad_token"), mask: id("mask_token"),
            unk: id("unk_token"), bos: id("bos_token"), eos: id("eos_token"))
        let templates: Templates
        switch tokenizerClass {
        case .bert:
            var bert = BertProcessing(separator: ids.sep ?? 3, classifier: ids.cls ?? 2).templates()
            bert.hasPlainTypes = false
            templates = bert
        case .mpnet:
            templates = RobertaProcessing(separator: ids.sep ?? 2, classifier: ids.cls ?? 0).templates()
        case .verbatim:
            templates = try named(name) { try pipelineFile?.post_processor?.base.templates() } ?? .none
        }
        let pipeline = Pipeline(
            normalizer: normalizer,
            preTokenizer: tokenizerClass == .verbatim ? pipelineFile?.pre_tokenizer?.base : BertPreTokenizer(),
            model: model, added: added, templates: templates,
            decoder: tokenizerClass == .verbatim ? pipelineFile?.decoder?.base : WordPieceDecoder())
        try named(name) { try pipeline.checkIDs() }
        return Result(pipeline: pipeline, configuration: configuration, specialTokenIDs: ids)
    }

    /// Runs a step; its errors get the name of the file.
    private func named<Value>(_ file: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as TokenizerError {
            throw TokenizerError(error.code, error.message, file: error.file ?? file)
        }
    }

    private func makeModel(
        _ vocabulary: Vocabulary, _ settings: TokenizerJSON.ModelSettings?, _ tokenizerClass: TokenizerClass,
        _ configuration: TokenizerConfiguration
    ) throws -> any Model {
        if tokenizerClass != .verbatim {
            let unknown = configuration.namedTokens["unk_token"]?.token.content ?? "[UNK]"
            return try WordPiece(vocabulary: vocabulary, unknownToken: unknown)
        }
        // The oldest files do not name the model's type.
        let type = settings?.type ?? (settings?.continuing_subword_prefix == nil ? "unnamed" : "WordPiece")
        guard type == "WordPiece" else {
            throw TokenizerError(
                .unsupportedComponent, "model \"\(type)\" is not supported by this version; supported: WordPiece")
        }
        return try WordPiece(
            vocabulary: vocabulary, unknownToken: settings?.unk_token ?? "[UNK]",
            prefix: settings?.continuing_subword_prefix ?? "##",
            maxCharactersPerWord: max(0, settings?.max_input_chars_per_word ?? 100))
    }

    /// Adds tokens in the reference's order: those of a verbatim file, those of the configuration by id, special ones.
    private func addTokens(
        _ added: inout AddedVocabulary, _ vocabulary: Vocabulary, _ inFile: [TokenizerJSON.IdentifiedToken],
        _ configuration: TokenizerConfiguration, _ tokenizerClass: TokenizerClass
    ) throws {
        if tokenizerClass == .verbatim { try added.add(inFile.map(\.token), to: vocabulary) }
        let known = Set(added.tokens.values)
        var byID = configuration.addedTokens?.sorted { $0.key < $1.key }.map(\.value) ?? []
        if configuration.addedTokens == nil {
            var tokens = try legacyAddedTokens(configuration)
            for item in inFile { tokens[item.id] = item.token }
            byID = tokens.sorted { $0.key < $1.key }.map(\.value)
        }
        var toAdd = byID.filter { !known.contains($0) }
        let contents = Set(known.map(\.content) + toAdd.map(\.content))
        for special in configuration.specialTokens where !contents.contains(special.token.content) {
            if !toAdd.contains(special.token) { toAdd.append(special.token) }
        }
        let named = Set(configuration.namedTokens.values.map(\.token.content))
        for index in toAdd.indices where named.contains(toAdd[index].content) { toAdd[index].isSpecial = true }
        try added.add(toAdd, to: vocabulary)
    }

    /// `added_tokens.json`, which old folders have: ids by token.
    private func legacyAddedTokens(_ configuration: TokenizerConfiguration) throws -> [Int: AddedToken] {
        guard let data = files.contents["added_tokens.json"] else { return [:] }
        let ids = try TokenizerFiles.decode([String: Int].self, data, "added_tokens.json")
        let special = Set(configuration.specialTokens.map(\.token.content))
        var tokens: [Int: AddedToken] = [:]
        for (content, id) in ids.sorted(by: { $0.key < $1.key }) {
            tokens[id] = AddedToken(content, isSpecial: special.contains(content))
        }
        return tokens
    }
}

extension Pipeline {
    /// Checks that special tokens of the layouts are in the vocabulary.
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
