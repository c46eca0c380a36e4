// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The vocabulary and merges of a tokenizer, from whichever files it has.
struct ModelSource {
    /// The file that they come from.
    let name: String
    private(set) var contents = ModelContents()
    /// The rest of `tokenizer.json`.
    private(set) var file: TokenizerJSON?
    /// Its pipeline: all of it for verbatim files, for a class only what the class takes from it.
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
        } catch let flaw as JSONFlaw {
            throw TokenizerError(flaw, file: name)
        }
    }

    /// The file to read; `tokenizer.json` is preferred to the older forms.
    private static func fileName(_ files: TokenizerFiles, _ tokenizerClass: TokenizerClass) throws -> String {
        let names = ["tokenizer.json"] + tokenizerClass.model.olderFiles
        for name in names where files.contents[name] != nil { return name }
        throw TokenizerError(
            .unreadableFile,
            "the tokenizer's class needs one of \(names.joined(separator: ", ")), none of which is in the folder",
            file: "tokenizer_config.json")
    }

    private mutating func read(tokenizerJSON data: Data, _ tokenizerClass: TokenizerClass) throws {
        let (read, rest) = try ModelContents.read(tokenizerJSON: data, exactScores: !tokenizerClass.isVerbatim)
        contents = read
        file = try TokenizerFiles.decode(TokenizerJSON.self, rest, name)
        if let added = contents.addedTokens { file?.added_tokens = added }
        if tokenizerClass.isVerbatim {
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
        let arrangement = tokenizerClass.arrangement(configuration)
        if case .bpe = tokenizerClass.model {
            let (vocabulary, merges) = try model.merged()
            let front = arrangement.front.map(\.text)
            contents.vocabulary = front.isEmpty ? vocabulary : model.vocabulary(after: front)
            contents.merges = merges
        } else {
            let (vocabulary, scores) = model.scored(arrangement)
            contents.vocabulary = vocabulary
            contents.scores = scores
        }
        if arrangement.addsMarkedPieces {
            configuration.extraTokens = model.addedTokens.map { ConfiguredToken($0) } + configuration.extraTokens
        }
        if !model.characterMap.isEmpty { characterMap = try CharacterMap(model.characterMap) }
    }
}
