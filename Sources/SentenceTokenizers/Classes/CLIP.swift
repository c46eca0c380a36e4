// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// CLIP's text encoder: lower case, byte-level words with a suffix.
    static let clip = TokenizerClass(
        names: ["CLIPTokenizer"],
        model: .bpe(BPE.Options(suffix: "</w>"), hasUnknown: true),
        defaultTokens: [
            "unk_token": "<|endoftext|>", "bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>",
            "pad_token": "<|endoftext|>",
        ],
        neededTokens: ["bos_token", "eos_token"],
        parts: { _, _ in
            let words = WordScanner(WordScanner.Style(digits: 1, skipsSpace: true, takesSpecials: true))
            return PipelineParts(
                normalizer: NormalizerSequence([
                    NormalForm.composed, Replace(try RegularExpression(#"\s+"#), " "), Lowercase(),
                ]),
                preTokenizer: PreTokenizerSequence([
                    Split(words, .removed, inverts: true), ByteLevel(addsPrefixSpace: false),
                ]),
                decoder: TokenDecoderSequence([ByteLevelDecoder(), WordEndDecoder(suffix: "</w>")]))
        },
        layout: { context in
            RobertaProcessing(
                separator: context.ids.eos ?? 1, classifier: context.ids.bos ?? 0, trimsOffsets: false,
                addsPrefixSpace: false
            ).templates()
        })
}
