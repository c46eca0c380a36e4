// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension ModelSource {
    /// Builds the model; a byte-level pre-tokenizer leaves bytes unchanged if the model reads them directly.
    func makeModel(
        _ kind: ClassModel, _ configuration: TokenizerConfiguration, _ preTokenizer: inout (any PreTokenizer)?
    ) throws -> any Model {
        let unknown = configuration.text(of: "unk_token")
        switch kind {
        case .ofFile:
            return try makeModelOfFile(&preTokenizer)
        case .wordPiece:
            return try WordPiece(vocabulary: contents.vocabulary, unknownToken: unknown ?? "[UNK]")
        case .bpe(var options, let hasUnknown):
            if hasUnknown { options.unknownToken = unknown }
            return try makeBPE(options, &preTokenizer)
        case .unigram(let unknownID):
            let id = contents.scores.flatMap { unknownID.id(of: unknown ?? "", contents.vocabulary, $0) }
            return try makeUnigram(unknownID: id, fallsBackToBytes: false)
        }
    }

    /// Builds the model that `tokenizer.json` describes.
    private func makeModelOfFile(_ preTokenizer: inout (any PreTokenizer)?) throws -> any Model {
        let settings = file?.model
        let kind = try kindOfFile()
        switch kind {
        case "WordPiece":
            return try WordPiece(
                vocabulary: contents.vocabulary, unknownToken: settings?.unk_token ?? "[UNK]",
                prefix: settings?.continuing_subword_prefix ?? "##",
                maxCharactersPerWord: max(0, settings?.max_input_chars_per_word ?? 100))
        case "BPE":
            let options = BPE.Options(
                unknownToken: settings?.unk_token, prefix: settings?.continuing_subword_prefix ?? "",
                suffix: settings?.end_of_word_suffix ?? "", fusesUnknown: settings?.fuse_unk ?? false,
                fallsBackToBytes: settings?.byte_fallback ?? false, ignoresMerges: settings?.ignore_merges ?? false)
            return try makeBPE(options, &preTokenizer)
        case "Unigram":
            return try makeUnigram(unknownID: settings?.unk_id, fallsBackToBytes: settings?.byte_fallback ?? false)
        case "WordLevel":
            return WordLevel(vocabulary: contents.vocabulary, unknownToken: settings?.unk_token ?? "<unk>")
        default:
            throw TokenizerError(
                .unsupportedComponent,
                "model \"\(kind)\" is not supported by this version; supported: BPE, Unigram, WordLevel, WordPiece")
        }
    }

    /// The kind of model in a verbatim file; the oldest files do not state it.
    private func kindOfFile() throws(TokenizerError) -> String {
        if let type = file?.model.type { return type }
        if contents.scores != nil { return "Unigram" }
        if contents.merges != nil { return "BPE" }
        return file?.model.continuing_subword_prefix == nil ? "unnamed" : "WordPiece"
    }

    private func makeBPE(_ options: BPE.Options, _ preTokenizer: inout (any PreTokenizer)?) throws -> BPE {
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

    private func makeUnigram(unknownID: Int?, fallsBackToBytes: Bool) throws(TokenizerError) -> Unigram {
        guard let scores = contents.scores else {
            throw TokenizerError(
                .inconsistentTokenizer, "a Unigram model needs a list of tokens with their scores; the file has none")
        }
        return try Unigram(
            vocabulary: contents.vocabulary, scores: scores, unknownID: unknownID, fallsBackToBytes: fallsBackToBytes)
    }
}
