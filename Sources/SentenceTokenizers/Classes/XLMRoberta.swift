// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// XLM-R: SentencePiece with RoBERTa's special tokens, which precede all pieces.
    static let xlmRoberta = TokenizerClass(
        names: ["XLMRobertaTokenizer"],
        model: .unigram(.fixed(3)),
        defaultTokens: roberta.defaultTokens,
        neededTokens: ["bos_token", "eos_token"],
        arrangement: { configuration in
            PieceArrangement(
                front: configuration.vocabularyTokens("bos_token", "pad_token", "eos_token", "unk_token"), skipped: 3,
                back: configuration.vocabularyTokens("mask_token"))
        },
        parts: { configuration, map in .sentencePiece(map, Metaspace(configuration), splits: true) },
        layout: { .separatedTwice($0.ids.bos, $0.ids.eos) })

    /// CamemBERT: XLM-R with additional tokens from fairseq that never occur in texts.
    static let camembert = TokenizerClass(
        names: ["CamembertTokenizer"],
        model: .unigram(.spelled(or: 0) { _, _ in true }),
        defaultTokens: roberta.defaultTokens,
        neededTokens: ["bos_token", "eos_token"],
        stripsBeforeMask: true,
        furtherTokens: { configuration, _ in
            configuration.extraTokens.isEmpty ? ["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"] : []
        },
        arrangement: { configuration in
            let roles = configuration.vocabularyTokens("pad_token", "unk_token")
            return PieceArrangement(
                front: [
                    ("<s>NOTUSED", 0), roles[0], ("</s>NOTUSED", 0), roles[1], ("<unk>NOTUSED", -100),
                ], skipped: 1, back: configuration.vocabularyTokens("mask_token"))
        },
        parts: { configuration, map in .sentencePiece(map, Metaspace(configuration), splits: true) },
        layout: { .separatedTwice($0.ids.bos, $0.ids.eos) })
}
