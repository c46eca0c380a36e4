// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// XLNet: SentencePiece without accents; its special tokens follow a text, the last in its own segment.
    static let xlnet = TokenizerClass(
        names: ["XLNetTokenizer"],
        model: .unigram(.fixed(0)),
        defaultTokens: [
            "bos_token": "<s>", "eos_token": "</s>", "sep_token": "<sep>", "cls_token": "<cls>",
            "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
        ],
        neededTokens: ["cls_token", "sep_token"],
        stripsBeforeMask: true,
        furtherTokens: { configuration, _ in configuration.extraTokens.isEmpty ? ["<eop>", "<eod>"] : [] },
        parts: { configuration, map in
            // The class always strips accents and adds a space, whatever its flags say.
            let normalizer = NormalizerSequence.straightQuotes(
                keepsAccents: false, lowersCase: configuration.flags["do_lower_case"] ?? false, map: map)
            return .sentencePiece(normalizer, Metaspace(prepend: .always), splits: true)
        },
        layout: { context in
            let (sep, cls) = (context.ids.sep, context.ids.cls)
            return Templates(
                present: [.first, .token(sep), .token(cls, typeID: 2)],
                pair: [.first, .token(sep), .second(typeID: 1), .token(sep, typeID: 1), .token(cls, typeID: 2)])
        })
}
