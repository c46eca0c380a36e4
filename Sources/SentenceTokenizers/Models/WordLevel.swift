// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Every word is one token.
struct WordLevel: Model {
    let vocabulary: Vocabulary
    private let unknownToken: String
    private let unknownID: Int32?

    init(vocabulary: Vocabulary, unknownToken: String = "<unk>") {
        self.vocabulary = vocabulary
        self.unknownToken = unknownToken
        unknownID = vocabulary.id(of: unknownToken)
    }

    func tokenize(_ text: borrowing PreTokenizedText, into tokens: inout TokenRun, _ memory: inout ModelMemory) {
        let bytes = UnsafePointer(text.text.bytes.base)
        for index in 0..<text.words.count {
            let word = text.words[index].range
            let run = UnsafeBufferPointer(start: bytes + word.lowerBound, count: word.count)
            if let id = vocabulary.id(ofUTF8: run) ?? unknownID {
                tokens.append(id, word)
            } else if tokens.failure == nil {
                tokens.failure = TokenizerError(
                    .inconsistentTokenizer,
                    "a text needs the unknown token \"\(unknownToken)\" of the WordLevel model, which is not in the "
                        + "vocabulary; add it there")
            }
        }
    }
}
