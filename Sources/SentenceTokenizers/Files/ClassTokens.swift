// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// The special tokens that a class has by itself where the files name none, by key.
    var defaultTokens: [String: String] {
        switch self {
        case .verbatim: [:]
        case .bert:
            [
                "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
                "mask_token": "[MASK]",
            ]
        case .mpnet:
            [
                "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>", "unk_token": "[UNK]",
                "pad_token": "<pad>", "mask_token": "<mask>",
            ]
        case .roberta, .xlmRoberta, .camembert, .mBart, .nllb:
            [
                "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>", "unk_token": "<unk>",
                "pad_token": "<pad>", "mask_token": "<mask>",
            ]
        case .mBart50:
            [
                "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>", "unk_token": "<unk>",
                "pad_token": "<pad>", "mask_token": "<mask>",
            ]
        case .pegasus:
            ["eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask_2>"]
        case .gpt2: Self.endOfText
        case .gptNeoX: Self.endOfText.merging(["pad_token": "<|padding|>"]) { $1 }
        case .qwen2:
            ["unk_token": "<|endoftext|>", "eos_token": "<|endoftext|>", "pad_token": "<|endoftext|>"]
        case .clip:
            Self.endOfText.merging(["bos_token": "<|startoftext|>", "pad_token": "<|endoftext|>"]) { $1 }
        case .deberta, .debertaV2:
            [
                "bos_token": "[CLS]", "eos_token": "[SEP]", "sep_token": "[SEP]", "cls_token": "[CLS]",
                "unk_token": "[UNK]", "pad_token": "[PAD]", "mask_token": "[MASK]",
            ]
        case .t5: ["eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>"]
        case .albert, .remBert:
            [
                "bos_token": "[CLS]", "eos_token": "[SEP]", "sep_token": "[SEP]", "cls_token": "[CLS]",
                "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "[MASK]",
            ]
        case .bigBird:
            [
                "bos_token": "<s>", "eos_token": "</s>", "sep_token": "[SEP]", "cls_token": "[CLS]",
                "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "[MASK]",
            ]
        case .gemma:
            [
                "bos_token": "<bos>", "eos_token": "<eos>", "unk_token": "<unk>", "pad_token": "<pad>",
                "mask_token": "<mask>",
            ]
        case .llama: ["bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"]
        case .xlnet:
            [
                "bos_token": "<s>", "eos_token": "</s>", "sep_token": "<sep>", "cls_token": "<cls>",
                "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask>",
            ]
        }
    }

    private static let endOfText = [
        "unk_token": "<|endoftext|>", "bos_token": "<|endoftext|>", "eos_token": "<|endoftext|>",
    ]

    /// Whether a mask token that is just a string takes the white space before it along.
    private var stripsBeforeMask: Bool {
        switch self {
        case .mpnet, .camembert, .bigBird, .xlnet: true
        default: hasLanguages
        }
    }

    /// The special tokens without which the class cannot be: those that it puts around texts, and an unknown token
    /// without which words that are not in the vocabulary have no id.
    private var neededTokens: Set<ExactString> {
        switch self {
        case .bert, .mpnet: ["unk_token"]
        case .roberta, .deberta, .debertaV2, .albert, .bigBird, .xlnet: ["cls_token", "sep_token"]
        case .xlmRoberta, .camembert, .clip: ["bos_token", "eos_token"]
        case .t5, .pegasus, .mBart, .mBart50, .nllb: ["eos_token"]
        case .verbatim, .gpt2, .gptNeoX, .qwen2, .gemma, .llama, .remBert: []
        }
    }

    /// Sets the special tokens that a class has by itself where the files name none.
    ///
    /// Where the files have `null`, there is no such token. `hasFile` tells whether there is a `tokenizer.json`.
    func setTokens(_ configuration: inout TokenizerConfiguration, hasFile: Bool) throws(TokenizerError) {
        let needed = neededTokens.intersection(configuration.nullTokens).sortedStrings
        if let key = needed.first {
            throw TokenizerError(
                .malformedFile, "\(key) is null, but the tokenizer's class needs one; name it, or leave the key out",
                file: "tokenizer_config.json")
        }
        configuration.fileMask = configuration.namedTokens["mask_token"]?.token.content
        for (key, content) in defaultTokens where !configuration.nullTokens.contains(key) {
            var token = configuration.namedTokens[key]?.token ?? AddedToken(content, isSpecial: true)
            if key == "mask_token", stripsBeforeMask, configuration.namedTokens[key]?.isPlain ?? true {
                token.stripsLeft = true
                if self == .nllb { token.isNormalized = true }
            }
            configuration.namedTokens[key] = ConfiguredToken(token)
        }
        let further: [String]
        switch self {
        case .t5 where !configuration.extraTokens.contains(where: { $0.token.content.contains("<extra_id_") }):
            further = (0..<(configuration.extraIDs ?? 100)).map { "<extra_id_\($0)>" }
        case .camembert where configuration.extraTokens.isEmpty:
            further = ["<s>NOTUSED", "</s>NOTUSED", "<unk>NOTUSED"]
        case .xlnet where configuration.extraTokens.isEmpty:
            further = ["<eop>", "<eod>"]
        case .mBart where configuration.extraTokens.isEmpty, .mBart50 where configuration.extraTokens.isEmpty:
            further = languages
        // SentencePiece models of NLLB stand for themselves.
        case .nllb where configuration.extraTokens.isEmpty && hasFile:
            further = languages
        case .pegasus where configuration.extraTokens.isEmpty:
            further = [configuration.sentenceMask ?? "<mask_1>"] + Self.unknowns(configuration)
        default: further = []
        }
        configuration.extraTokens += further.map { ConfiguredToken(AddedToken($0, isSpecial: true)) }
    }
}
