// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What stands around the model of a tokenizer.
struct PipelineParts {
    var normalizer: (any Normalizer)?
    var preTokenizer: (any PreTokenizer)?
    var decoder: (any TokenDecoder)?
}

extension PipelineParts {
    /// The parts that `tokenizer.json` describes.
    init(_ file: TokenizerJSONPipeline?) {
        self.init(
            normalizer: file?.normalizer?.base, preTokenizer: file?.pre_tokenizer?.base, decoder: file?.decoder?.base)
    }

    /// BERT's words.
    static func wordPiece(_ configuration: TokenizerConfiguration) -> PipelineParts {
        let normalizer = BertNormalizer(
            handlesChinese: configuration.tokenizeChineseChars ?? true, stripsAccents: configuration.stripAccents,
            lowersCase: configuration.doLowerCase ?? true)
        return PipelineParts(
            normalizer: normalizer, preTokenizer: BertPreTokenizer(), decoder: WordPieceDecoder())
    }

    /// GPT-2's words of bytes.
    static func byteLevel(
        _ configuration: TokenizerConfiguration, normalizer: (any Normalizer)? = nil
    ) -> PipelineParts {
        PipelineParts(
            normalizer: normalizer,
            preTokenizer: ByteLevel(addsPrefixSpace: configuration.flags["add_prefix_space"] ?? false),
            decoder: ByteLevelDecoder())
    }

    /// SentencePiece's words; `splits` tells whether white space is lost between them.
    static func sentencePiece(
        _ normalizer: (any Normalizer)?, _ metaspace: Metaspace, splits: Bool
    ) -> PipelineParts {
        PipelineParts(
            normalizer: normalizer,
            preTokenizer: splits ? PreTokenizerSequence([WhitespaceSplit(), metaspace]) : metaspace,
            decoder: metaspace)
    }
}

extension Metaspace {
    /// One that puts a space before texts unless `add_prefix_space` says otherwise.
    init(_ configuration: TokenizerConfiguration) {
        self.init(prepend: configuration.flags["add_prefix_space"] ?? true ? .always : .never)
    }
}

extension NormalizerSequence {
    /// What other normalizers do, and then one space for many.
    static func singleSpaces(behind others: [any Normalizer]) throws(TokenizerError) -> NormalizerSequence {
        NormalizerSequence(others + [Replace(try RegularExpression(" {2,}"), " ")])
    }
}
