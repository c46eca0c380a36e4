// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a tokenizer class makes its vocabulary of the pieces of a SentencePiece model.
struct PieceArrangement {
    /// A token and the score that it has in the vocabulary.
    typealias Token = (text: String, score: Double)

    /// Tokens before all pieces.
    var front: [Token] = []
    /// How many pieces at the beginning of the file are left out.
    var skipped = 0
    /// Tokens behind all pieces.
    var back: [Token] = []
    /// Whether control tokens and tokens that the user asked for are looked for in texts.
    var addsMarkedPieces = true
}

extension TokenizerConfiguration {
    /// Special tokens by their keys, as tokens of a vocabulary; one that is missing has no text.
    func vocabularyTokens(_ keys: String...) -> [PieceArrangement.Token] { keys.map { (text(of: $0) ?? "", 0) } }
}
