// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

extension TokenizerClass {
    /// BERT and the many models that use its tokenizer: words split into pieces, pairs in two segments.
    static let bert = TokenizerClass(
        names: ["DPRReaderTokenizer", "DistilBertTokenizer"],
        namesWithTokenTypes: [
            "BertTokenizer", "ConvBertTokenizer", "DPRContextEncoderTokenizer", "DPRQuestionEncoderTokenizer",
            "ElectraTokenizer", "LayoutLMTokenizer", "LxmertTokenizer", "MobileBertTokenizer", "SqueezeBertTokenizer",
        ],
        model: .wordPiece,
        defaultTokens: [
            "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
            "mask_token": "[MASK]",
        ],
        neededTokens: ["unk_token"],
        parts: { configuration, _ in .wordPiece(configuration) },
        layout: { context in
            let (separator, classifier) = (context.ids.sep ?? 3, context.ids.cls ?? 2)
            var templates = BertProcessing(separator: separator, classifier: classifier).templates()
            templates.hasPlainTypes = false
            return templates
        })

    /// MPNet: BERT's words with RoBERTa's special tokens.
    static let mpnet = TokenizerClass(
        names: ["MPNetTokenizer"],
        model: .wordPiece,
        defaultTokens: roberta.defaultTokens.merging(["unk_token": "[UNK]"]) { $1 },
        neededTokens: ["unk_token"],
        stripsBeforeMask: true,
        parts: { configuration, _ in .wordPiece(configuration) },
        layout: { context in
            RobertaProcessing(separator: context.ids.sep ?? 2, classifier: context.ids.cls ?? 0).templates()
        })
}
