// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// GPT-2: byte-level words, with no special tokens around texts.
    static let gpt2 = TokenizerClass(
        names: ["GPT2Tokenizer", "CodeGenTokenizer"],
        model: .bpe(),
        defaultTokens: [
            "unk_token": "<|endoftext|>", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>",
        ],
        parts: { configuration, _ in .byteLevel(configuration) })

    /// GPT-NeoX: GPT-2's byte-level words in composed form, with the special tokens that the configuration asks for.
    static let gptNeoX = TokenizerClass(
        names: ["GPTNeoXTokenizer"],
        model: .bpe(),
        defaultTokens: gpt2.defaultTokens.merging(["pad_token": "<|padding|>"]) { $1 },
        parts: { configuration, _ in .byteLevel(configuration, normalizer: NormalForm.composed) },
        layout: { .framed($0.ids, $0.configuration) })
}
