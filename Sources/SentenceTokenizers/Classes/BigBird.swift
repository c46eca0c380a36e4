// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// BigBird: SentencePiece with BERT's special tokens.
    static let bigBird = TokenizerClass(
        names: ["BigBirdTokenizer"],
        model: .unigram(.spelled(or: 100) { _, score in score == 0 }),
        defaultTokens: [
            "bos_token": "<s>", "eos_token": "</s>", "sep_token": "[SEP]", "cls_token": "[CLS]",
            "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "[MASK]",
        ],
        neededTokens: ["cls_token", "sep_token"],
        stripsBeforeMask: true,
        parts: { configuration, _ in
            let normalizer = Replace(try RegularExpression(" {2,}"), Metaspace.space)
            return .sentencePiece(normalizer, Metaspace(configuration), splits: false)
        },
        layout: { .segmented($0.ids) })
}
