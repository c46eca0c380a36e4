// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Joins tokens into text.
protocol TokenDecoder: Sendable {
    /// The pieces of text for the tokens; joined, they are the text.
    func decode(_ tokens: [String]) throws -> [String]
}

/// All kinds of decoder; a new kind needs one file and one line here.
enum TokenDecoders: ComponentFamily {
    static let name = "decoder"
    static let known: [String: @Sendable (any Decoder) throws -> any TokenDecoder] = [
        "BPEDecoder": SuffixDecoder.init(from:),
        "ByteFallback": { _ in ByteFallbackDecoder() },
        "ByteLevel": { _ in ByteLevelDecoder() },
        "CTC": CTCDecoder.init(from:),
        "Fuse": { _ in FuseDecoder() },
        "Metaspace": Metaspace.init(from:),
        "Replace": ReplaceDecoder.init(from:),
        "Sequence": TokenDecoderSequence.init(from:),
        "Strip": StripDecoder.init(from:),
        "WordPiece": WordPieceDecoder.init(from:),
    ]
}

extension Tokenizer {
    /// The text for some ids.
    ///
    /// Encoding loses case, accents and white space, so it need not be the original.
    ///
    /// - Throws: `TokenizerError` with the code `unknownID`.
    public func decode(_ ids: some Sequence<Int32>, skipSpecialTokens: Bool = true) throws -> String {
        var tokens: [String] = []
        for id in ids {
            guard let token = token(of: id) else {
                throw TokenizerError(.unknownID, "the id \(id) is not in the vocabulary of \(vocabularySize) tokens")
            }
            if skipSpecialTokens, pipeline.added.tokens[id]?.isSpecial == true { continue }
            tokens.append(pipeline.added.decodedForms[id] ?? token)
        }
        return try pipeline.decoder?.decode(tokens).joined() ?? tokens.joined(separator: " ")
    }
}
