// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// DeBERTa: GPT-2's byte-level words with BERT's special tokens.
    static let deberta = TokenizerClass(
        namesWithTokenTypes: ["DebertaTokenizer"],
        model: .bpe(),
        defaultTokens: [
            "bos_token": "[CLS]", "eos_token": "[SEP]", "sep_token": "[SEP]", "cls_token": "[CLS]",
            "unk_token": "[UNK]", "pad_token": "[PAD]", "mask_token": "[MASK]",
        ],
        neededTokens: ["cls_token", "sep_token"],
        parts: { configuration, _ in .byteLevel(configuration) },
        layout: { .separatedTwice($0.ids.cls, $0.ids.sep) })

    /// DeBERTa from version 2 on: SentencePiece with BERT's special tokens.
    static let debertaV2 = TokenizerClass(
        namesWithTokenTypes: ["DebertaV2Tokenizer"],
        model: .unigram(.spelled(or: 1) { _, score in score == 0 }),
        defaultTokens: deberta.defaultTokens,
        neededTokens: ["cls_token", "sep_token"],
        parts: { configuration, _ in
            let flags = configuration.flags
            let lowercase: [any Normalizer] = flags["do_lower_case"] ?? false ? [Lowercase()] : []
            let metaspace = Metaspace(prepend: flags["add_prefix_space"] ?? true ? .always : .first)
            return PipelineParts(
                normalizer: NormalizerSequence(
                    lowercase + [
                        Replace(try RegularExpression(#"\s{2,}|[\n\r\t]"#), " "), NormalForm.composed,
                        Strip(left: false, right: true),
                    ]),
                preTokenizer: flags["split_by_punct"] ?? false
                    ? PreTokenizerSequence([Punctuation(), metaspace]) : metaspace,
                decoder: metaspace)
        },
        layout: { .segmented($0.ids) })
}
