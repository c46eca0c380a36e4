// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Joins tokens into text.
protocol TokenDecoder: Component {
    /// The text that the tokens spell.
    func decode(_ tokens: [String]) -> String
}

/// All kinds of decoder; a new kind is one file and one line here.
enum TokenDecoders: ComponentFamily {
    static let name = "decoder"
    static let known: [any Component.Type] = [WordPieceDecoder.self]
}

extension Tokenizer {
    /// The text that ids stand for.
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
        return pipeline.decoder?.decode(tokens) ?? tokens.joined(separator: " ")
    }
}
