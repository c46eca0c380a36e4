// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// Pegasus: SentencePiece after tokens that were used only in training.
    static let pegasus = TokenizerClass(
        names: ["PegasusTokenizer"],
        model: .unigram(.spelled(or: nil) { id, score in id > 0 && score == 0 }),
        defaultTokens: ["eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "mask_token": "<mask_2>"],
        neededTokens: ["eos_token"],
        furtherTokens: { configuration, _ in
            guard configuration.extraTokens.isEmpty else { return [] }
            return [configuration.sentenceMask ?? "<mask_1>"] + unknowns(configuration)
        },
        arrangement: { configuration in
            // The defaults are those of the reference's converter, which swaps the two names.
            let masks = [configuration.fileMask ?? "<mask_1>", configuration.sentenceMask ?? "<mask_2>"]
            var front = configuration.vocabularyTokens("pad_token", "eos_token")
            front.append((masks[0], 0))
            if masks[1] != masks[0] { front.append((masks[1], 0)) }
            front += unknowns(configuration).map { ($0, -100) }
            // The class uses its own list instead of the tokens marked in the model.
            return PieceArrangement(front: front, skipped: 2, addsMarkedPieces: false)
        },
        parts: { _, map in
            let first: any Normalizer = map ?? Replace(FixedString("\n"), " ")
            return .sentencePiece(
                try NormalizerSequence.singleSpaces(after: [first]), Metaspace(prepend: .always), splits: false)
        },
        layout: { .ended($0.ids.eos) })

    /// Tokens that were used only in training.
    private static func unknowns(_ configuration: TokenizerConfiguration) -> [String] {
        (2..<max(2, configuration.offset ?? 103)).map { "<unk_\($0)>" }
    }
}
