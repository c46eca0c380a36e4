// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// T5: SentencePiece, followed by tokens for the spans of text that are left out in training.
    static let t5 = TokenizerClass(
        names: ["T5Tokenizer"],
        model: .unigram(.fixed(2)),
        defaultTokens: ["eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"],
        neededTokens: ["eos_token"],
        furtherTokens: { configuration, _ in
            let hasSpans = configuration.extraTokens.contains { $0.token.content.contains("<extra_id_") }
            return hasSpans ? [] : spans(configuration)
        },
        arrangement: { PieceArrangement(back: spans($0).reversed().map { ($0, 0) }) },
        parts: { _, map in .sentencePiece(map, Metaspace(prepend: .always), splits: true) },
        layout: { context in
            let end = context.ids.eos
            return Templates(
                present: [.first, .token(end)], pair: [.first, .token(end), .second(typeID: 0), .token(end)])
        })

    private static func spans(_ configuration: TokenizerConfiguration) -> [String] {
        (0..<(configuration.extraIDs ?? 100)).map { "<extra_id_\($0)>" }
    }
}
