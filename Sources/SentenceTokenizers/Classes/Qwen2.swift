// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// Qwen: byte-level words, with every digit a word of its own.
    static let qwen2 = TokenizerClass(
        names: ["Qwen2Tokenizer"],
        model: .bpe(),
        defaultTokens: ["unk_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"],
        forgetsFlags: true,
        parts: { configuration, _ in
            let words = WordScanner(WordScanner.Style(ignoresCase: true, takesAnyLead: true, digits: 1))
            let addsPrefixSpace = configuration.flags["add_prefix_space"] ?? false
            return PipelineParts(
                normalizer: NormalForm.composed,
                preTokenizer: PreTokenizerSequence([
                    Split(words, .isolated), ByteLevel(addsPrefixSpace: addsPrefixSpace, splits: false),
                ]),
                decoder: ByteLevelDecoder())
        })
}
