// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The model of a tokenizer class, with everything that the class determines about it.
enum ClassModel: Sendable {
    /// The model that `tokenizer.json` describes.
    case ofFile
    case wordPiece
    /// Byte-pair encoding; `hasUnknown` tells whether it uses the class's unknown token.
    case bpe(BPE.Options = BPE.Options(), hasUnknown: Bool = false)
    case unigram(UnknownID)

    /// The id of the token that a Unigram model uses for unknown characters.
    enum UnknownID: Sendable {
        case fixed(Int)
        /// The first id with the spelling of the class's unknown token that satisfies a condition on id and score; `or`
        /// if there is none.
        case spelled(or: Int?, where: @Sendable (_ id: Int, _ score: Double) -> Bool)

        /// The id in a vocabulary, whose unknown token is spelled as `unknown`.
        func id(of unknown: String, _ vocabulary: Vocabulary, _ scores: [Double]) -> Int? {
            switch self {
            case .fixed(let id): id
            case .spelled(let fallback, let condition):
                vocabulary.firstID(of: unknown) { condition($0, scores[$0]) } ?? fallback
            }
        }
    }

    /// The files that may contain the vocabulary if there is no `tokenizer.json`.
    var olderFiles: [String] {
        switch self {
        case .ofFile: []
        case .wordPiece: ["vocab.txt"]
        case .bpe: ["vocab.json"] + TokenizerFiles.sentencePieceNames
        case .unigram: TokenizerFiles.sentencePieceNames
        }
    }
}

extension Vocabulary {
    /// The first id of a spelling that satisfies a condition; a spelling can occur more than once.
    fileprivate func firstID(of token: String, where condition: (Int) -> Bool) -> Int? {
        ids.indices.first { entry in
            let (start, length) = span(of: entry)
            return bytes[start..<start + length].elementsEqual(token.utf8) && condition(Int(ids[entry]))
        }
    }
}
