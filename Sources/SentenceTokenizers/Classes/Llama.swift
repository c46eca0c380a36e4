// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// Llama: SentencePiece's merges over whole texts; unknown characters become bytes.
    static let llama = TokenizerClass(
        names: ["LlamaTokenizer"],
        model: .bpe(BPE.Options(fusesUnknown: true, fallsBackToBytes: true)),
        defaultTokens: ["bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>"],
        // Files of Llama 3 name this class although they are byte-level.
        leavesByteLevel: true,
        parts: { configuration, _ in
            let addsSpace = configuration.flags["add_prefix_space"] ?? true
            let isLegacy = configuration.flags["legacy"] ?? false
            var decoders: [any TokenDecoder] = [
                ReplaceDecoder(FixedString(Metaspace.space), " "), ByteFallbackDecoder(), FuseDecoder(),
            ]
            if addsSpace { decoders.append(StripDecoder(content: " ", start: 1, stop: 0)) }
            return PipelineParts(
                preTokenizer: Metaspace(
                    prepend: !addsSpace ? .never : isLegacy ? .always : .first, splits: false),
                decoder: TokenDecoderSequence(decoders))
        })
}
