// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// MBart: XLM-R's vocabulary and the codes of 25 languages, one of which follows a text.
    static let mBart = TokenizerClass(
        names: ["MBartTokenizer"],
        model: .unigram(.fixed(3)),
        defaultTokens: roberta.defaultTokens,
        neededTokens: ["eos_token"],
        stripsBeforeMask: true,
        furtherTokens: { configuration, _ in configuration.extraTokens.isEmpty ? mBartLanguages : [] },
        defaultLanguage: "en_XX",
        arrangement: { configuration in
            PieceArrangement(
                front: configuration.vocabularyTokens("bos_token", "pad_token", "eos_token", "unk_token"), skipped: 3,
                back: mBartLanguages.map { ($0, 0) } + configuration.vocabularyTokens("mask_token"))
        },
        parts: { _, _ in .sentencePiece(nil, Metaspace(prepend: .always), splits: true) },
        layout: { .ended($0.ids.eos, after: $0.language) })

    /// MBart-50: MBart with more languages, whose code precedes a text.
    static let mBart50 = TokenizerClass(
        names: ["MBart50Tokenizer"],
        model: .unigram(.fixed(3)),
        defaultTokens: roberta.defaultTokens.filter { $0.key != "bos_token" },
        neededTokens: ["eos_token"],
        stripsBeforeMask: true,
        furtherTokens: { configuration, _ in configuration.extraTokens.isEmpty ? mBart50Languages : [] },
        defaultLanguage: "en_XX",
        arrangement: { configuration in
            PieceArrangement(
                front: configuration.vocabularyTokens("cls_token", "pad_token", "eos_token", "unk_token"), skipped: 3,
                back: mBart50Languages.map { ($0, 0) } + configuration.vocabularyTokens("mask_token"))
        },
        parts: { _, map in
            let first: [any Normalizer] = map.map { [$0] } ?? []
            return .sentencePiece(
                try NormalizerSequence.singleSpaces(after: first), Metaspace(prepend: .always), splits: false)
        },
        layout: { .ended($0.ids.eos, before: $0.language) })

    private static let mBartLanguages = """
        ar_AR cs_CZ de_DE en_XX es_XX et_EE fi_FI fr_XX gu_IN hi_IN it_IT ja_XX kk_KZ ko_KR lt_LT lv_LV my_MM ne_NP
        nl_XX ro_RO ru_RU si_LK tr_TR vi_VN zh_CN
        """.split(whereSeparator: \.isWhitespace).map(String.init)

    private static let mBart50Languages =
        mBartLanguages
            + """
            af_ZA az_AZ bn_IN fa_IR he_IL hr_HR id_ID ka_GE km_KH mk_MK ml_IN mn_MN mr_IN pl_PL ps_AF pt_XX sv_SE sw_KE
            ta_IN te_IN th_TH tl_XX uk_UA ur_PK xh_ZA gl_ES sl_SI
            """.split(whereSeparator: \.isWhitespace).map(String.init)
}
