// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Vocabulary and merges of a tokenizer, from whichever files it has.
struct ModelSource {
    /// The file that they come from.
    let name: String
    private(set) var contents = ModelContents()
    /// What `tokenizer.json` says besides.
    private(set) var file: TokenizerJSON?
    /// Its pipeline: all of it for verbatim files, for a class only what the class takes from there.
    private(set) var pipeline: TokenizerJSONPipeline?
    private(set) var characterMap: CharacterMap?

    init(
        _ files: TokenizerFiles, _ tokenizerClass: TokenizerClass, _ configuration: inout TokenizerConfiguration
    ) throws {
        name = try Self.fileName(files, tokenizerClass)
        let data = files.contents[name] ?? Data()
        do {
            switch name {
            case "tokenizer.json": try read(tokenizerJSON: data, tokenizerClass)
            case "vocab.json":
                contents.vocabulary = try ModelContents.vocabulary(json: data)
                contents.merges = try files.contents["merges.txt"].map { try MergeList.read(mergesText: $0) }
            case "vocab.txt": contents.vocabulary = try Vocabulary.read(vocabularyText: data)
            default: try read(sentencePiece: data, tokenizerClass, &configuration)
            }
        } catch let error as TokenizerError {
            throw TokenizerError(error.code, error.message, file: error.file ?? name)
        }
    }

    /// The file to read; `tokenizer.json` wins over the older forms.
    private static func fileName(_ files: TokenizerFiles, _ tokenizerClass: TokenizerClass) throws -> String {
        let kinds: [TokenizerClass.ModelKind?: [String]] = [
            .wordPiece: ["vocab.txt"], .bpe: ["vocab.json"] + TokenizerFiles.sentencePieceNames,
            .unigram: TokenizerFiles.sentencePieceNames,
        ]
        let names = ["tokenizer.json"] + (kinds[tokenizerClass.modelKind] ?? [])
        for name in names where files.contents[name] != nil { return name }
        throw TokenizerError(
            .unreadableFile,
            "the tokenizer's class needs one of \(names.joined(separator: ", ")), none of which is in the folder",
            file: "tokenizer_config.json")
    }

    private mutating func read(tokenizerJSON data: Data, _ tokenizerClass: TokenizerClass) throws {
        let (read, rest) = try ModelContents.read(tokenizerJSON: data, exactScores: tokenizerClass != .verbatim)
        contents = read
        file = try TokenizerFiles.decode(TokenizerJSON.self, rest, name)
        if let added = contents.addedTokens { file?.added_tokens = added }
        if tokenizerClass == .verbatim {
            pipeline = try TokenizerFiles.decode(TokenizerJSONPipeline.self, rest, name)
            return
        }
        let layout = try TokenizerFiles.decode(TokenizerJSONLayout.self, rest, name)
        pipeline = TokenizerJSONPipeline(post_processor: layout.post_processor)
        guard let text = try TokenizerFiles.decode(TokenizerJSONMap.self, rest, name).text else { return }
        guard let bytes = Base64.decode(text) else {
            throw TokenizerError(.malformedFile, "precompiled_charsmap is not valid base64")
        }
        characterMap = try CharacterMap(bytes)
    }

    private mutating func read(
        sentencePiece data: Data, _ tokenizerClass: TokenizerClass, _ configuration: inout TokenizerConfiguration
    ) throws {
        let model = try SentencePieceModel(data)
        if tokenizerClass.modelKind == .bpe {
            let (vocabulary, merges) = try model.merged()
            contents.vocabulary = vocabulary
            if tokenizerClass == .nllb {
                let front = ["bos_token", "pad_token", "eos_token", "unk_token"]
                contents.vocabulary = model.vocabulary(
                    behind: front.compactMap { configuration.namedTokens[$0]?.token.content })
            }
            contents.merges = merges
        } else {
            let (vocabulary, scores) = model.scored(for: tokenizerClass, configuration)
            contents.vocabulary = vocabulary
            contents.scores = scores
        }
        // Pegasus has a list of its own instead of what the model asks for.
        if tokenizerClass != .pegasus {
            configuration.extraTokens = model.addedTokens.map { ConfiguredToken($0) } + configuration.extraTokens
        }
        if !model.characterMap.isEmpty { characterMap = try CharacterMap(model.characterMap) }
    }

    /// Builds the model; a byte-level pre-tokenizer leaves bytes as they are if the model reads these.
    func makeModel(
        _ tokenizerClass: TokenizerClass, _ configuration: TokenizerConfiguration,
        _ preTokenizer: inout (any PreTokenizer)?
    ) throws -> any Model {
        let settings = file?.model
        let kind = try tokenizerClass.modelKind?.rawValue ?? verbatimKind()
        let unknown = configuration.namedTokens["unk_token"]?.token.content
        switch kind {
        case "WordPiece":
            if tokenizerClass != .verbatim {
                return try WordPiece(vocabulary: contents.vocabulary, unknownToken: unknown ?? "[UNK]")
            }
            return try WordPiece(
                vocabulary: contents.vocabulary, unknownToken: settings?.unk_token ?? "[UNK]",
                prefix: settings?.continuing_subword_prefix ?? "##",
                maxCharactersPerWord: max(0, settings?.max_input_chars_per_word ?? 100))
        case "BPE": return try makeBPE(tokenizerClass, unknown, &preTokenizer)
        case "Unigram": return try makeUnigram(tokenizerClass, unknown)
        case "WordLevel":
            return WordLevel(vocabulary: contents.vocabulary, unknownToken: settings?.unk_token ?? "<unk>")
        default:
            throw TokenizerError(
                .unsupportedComponent,
                "model \"\(kind)\" is not supported by this version; supported: BPE, Unigram, WordLevel, WordPiece")
        }
    }

    /// The kind of model in a verbatim file; the oldest files do not name it.
    private func verbatimKind() throws(TokenizerError) -> String {
        if let type = file?.model.type { return type }
        if contents.scores != nil { return "Unigram" }
        if contents.merges != nil { return "BPE" }
        return file?.model.continuing_subword_prefix == nil ? "unnamed" : "WordPiece"
    }

    private func makeBPE(
        _ tokenizerClass: TokenizerClass, _ unknown: String?, _ preTokenizer: inout (any PreTokenizer)?
    ) throws -> BPE {
        var options = BPE.Options()
        switch tokenizerClass {
        case .verbatim:
            let settings = file?.model
            options = BPE.Options(
                unknownToken: settings?.unk_token, prefix: settings?.continuing_subword_prefix ?? "",
                suffix: settings?.end_of_word_suffix ?? "", fusesUnknown: settings?.fuse_unk ?? false,
                fallsBackToBytes: settings?.byte_fallback ?? false, ignoresMerges: settings?.ignore_merges ?? false)
        case .clip:
            options.unknownToken = unknown
            options.suffix = "</w>"
        case .gemma:
            options = BPE.Options(unknownToken: unknown, fusesUnknown: true, fallsBackToBytes: true)
        case .nllb:
            options = BPE.Options(unknownToken: unknown, fusesUnknown: true)
        case .llama:
            options = BPE.Options(fusesUnknown: true, fallsBackToBytes: true)
        default: break
        }
        guard contents.scores == nil else {
            throw TokenizerError(
                .inconsistentTokenizer, "the tokenizer's class needs a BPE model, but the file has one with scores")
        }
        let merges = contents.merges ?? MergeList()
        if let leavingBytes = preTokenizer?.leavingBytes {
            let model = try BPE(vocabulary: contents.vocabulary, merges: merges, options: options, readsBytes: true)
            if model.isByteModel {
                preTokenizer = leavingBytes
                return model
            }
        }
        return try BPE(vocabulary: contents.vocabulary, merges: merges, options: options, readsBytes: false)
    }

    private func makeUnigram(_ tokenizerClass: TokenizerClass, _ unknown: String?) throws(TokenizerError) -> Unigram {
        guard let scores = contents.scores else {
            throw TokenizerError(
                .inconsistentTokenizer, "a Unigram model needs a list of tokens with their scores; the file has none")
        }
        let vocabulary = contents.vocabulary
        func id(_ fallback: Int, needsZero: Bool) -> Int {
            let first = vocabulary.firstID(of: unknown ?? "") { !needsZero || scores[$0] == 0 }
            return first ?? fallback
        }
        let unknownID: Int?
        switch tokenizerClass {
        case .xlmRoberta, .mBart, .mBart50: unknownID = 3
        case .t5, .remBert: unknownID = 2
        case .albert: unknownID = 1
        case .camembert: unknownID = id(0, needsZero: false)
        case .debertaV2: unknownID = id(1, needsZero: true)
        case .bigBird: unknownID = id(100, needsZero: true)
        case .xlnet: unknownID = 0
        case .pegasus: unknownID = vocabulary.firstID(of: unknown ?? "") { $0 > 0 && scores[$0] == 0 }
        default: unknownID = file?.model.unk_id
        }
        return try Unigram(
            vocabulary: vocabulary, scores: scores, unknownID: unknownID,
            fallsBackToBytes: tokenizerClass == .verbatim && file?.model.byte_fallback ?? false)
    }
}

extension Vocabulary {
    /// The first id of a spelling for which a condition holds; spellings can occur more than once.
    fileprivate func firstID(of token: String, where condition: (Int) -> Bool) -> Int? {
        ids.indices.first { entry in
            let (start, length) = span(of: entry)
            return bytes[start..<start + length].elementsEqual(token.utf8) && condition(Int(ids[entry]))
        }
    }
}
