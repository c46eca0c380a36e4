// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// ALBERT and FNet: SentencePiece over lower case without accents, between BERT's tokens.
    static let albert = TokenizerClass(
        names: ["AlbertTokenizer"],
        namesWithTokenTypes: ["FNetTokenizer"],
        model: .unigram(.fixed(1)),
        defaultTokens: deberta.defaultTokens.merging(["unk_token": "<unk>", "pad_token": "<pad>"]) { $1 },
        neededTokens: ["cls_token", "sep_token"],
        parts: { configuration, map in
            let flags = configuration.flags
            let normalizer = NormalizerSequence.straightQuotes(
                keepsAccents: flags["keep_accents"] ?? false, lowersCase: flags["do_lower_case"] ?? true, map: map)
            return .sentencePiece(normalizer, Metaspace(configuration), splits: true)
        },
        layout: { .segmented($0.ids) })

    /// RemBERT: ALBERT that keeps case and accents.
    static let remBert = TokenizerClass(
        names: ["RemBertTokenizer"],
        model: .unigram(.fixed(2)),
        defaultTokens: albert.defaultTokens,
        parts: { configuration, map in
            let flags = configuration.flags
            let normalizer = NormalizerSequence.straightQuotes(
                then: [Replace(try RegularExpression(" {2,}"), " ")], keepsAccents: flags["keep_accents"] ?? true,
                lowersCase: flags["do_lower_case"] ?? false, map: map)
            return .sentencePiece(normalizer, Metaspace(configuration), splits: false)
        },
        // A quirk of the reference: if the file has no layout, that of the class is lost.
        layout: { $0.hasLayout ? .segmented($0.ids) : nil })
}

extension NormalizerSequence {
    /// The normalizers of ALBERT, RemBERT and XLNet: first straight quotes, last the files' character map.
    static func straightQuotes(
        then further: [any Normalizer] = [], keepsAccents: Bool, lowersCase: Bool, map: CharacterMap?
    ) -> NormalizerSequence {
        var members: [any Normalizer] = [Replace(FixedString("``"), "\""), Replace(FixedString("''"), "\"")] + further
        if !keepsAccents { members += [NormalForm.compatiblyDecomposed, StripAccents()] }
        if lowersCase { members.append(Lowercase()) }
        if let map { members.append(map) }
        return NormalizerSequence(members)
    }
}
