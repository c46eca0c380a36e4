// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// RoBERTa and BART: GPT-2's byte-level words with their own special tokens.
    static let roberta = TokenizerClass(
        names: ["BartTokenizer", "LEDTokenizer", "LongformerTokenizer", "MvpTokenizer", "RobertaTokenizer"],
        model: .bpe(),
        defaultTokens: [
            "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>", "unk_token": "<unk>",
            "pad_token": "<pad>", "mask_token": "<mask>",
        ],
        neededTokens: ["cls_token", "sep_token"],
        parts: { configuration, _ in .byteLevel(configuration) },
        layout: { context in
            let flags = context.configuration.flags
            return RobertaProcessing(
                separator: context.ids.sep ?? 2, classifier: context.ids.cls ?? 0,
                trimsOffsets: flags["trim_offsets"] ?? true, addsPrefixSpace: flags["add_prefix_space"] ?? false
            ).templates()
        })
}
