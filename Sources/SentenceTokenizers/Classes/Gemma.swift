// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// Gemma: SentencePiece's merges over whole texts; unknown characters become bytes.
    static let gemma = TokenizerClass(
        names: ["GemmaTokenizer"],
        model: .bpe(BPE.Options(fusesUnknown: true, fallsBackToBytes: true), hasUnknown: true),
        defaultTokens: [
            "bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>", "pad_token": "<pad>",
            "mask_token": "<mask>",
        ],
        parts: { _, _ in
            PipelineParts(
                normalizer: Replace(FixedString(" "), Metaspace.space),
                preTokenizer: Split(FixedString(" "), .mergedWithPrevious),
                decoder: TokenDecoderSequence([
                    ReplaceDecoder(FixedString(Metaspace.space), " "), ByteFallbackDecoder(), FuseDecoder(),
                ]))
        })
}
