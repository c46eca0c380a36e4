// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a tokenizer class arranges the pieces of a SentencePiece model in its vocabulary.
struct PieceArrangement {
    /// A token and its score in the vocabulary.
    typealias Token = (text: String, score: Double)

    /// Tokens before all pieces.
    var front: [Token] = []
    /// How many pieces at the beginning of the file are left out.
    var skipped = 0
    /// Tokens after all pieces.
    var back: [Token] = []
    /// Whether control tokens and user-defined tokens are searched for in texts.
    var addsMarkedPieces = true
}

extension TokenizerConfiguration {
    /// Special tokens by their keys, as tokens of a vocabulary; a missing one has an empty text.
    func vocabularyTokens(_ keys: String...) -> [PieceArrangement.Token] { keys.map { (text(of: $0) ?? "", 0) } }
}
