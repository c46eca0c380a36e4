// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The parts of a tokenizer around its model.
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

    /// The parts for BERT's words.
    static func wordPiece(_ configuration: TokenizerConfiguration) -> PipelineParts {
        let normalizer = BertNormalizer(
            handlesChinese: configuration.tokenizeChineseChars ?? true, stripsAccents: configuration.stripAccents,
            lowersCase: configuration.doLowerCase ?? true)
        return PipelineParts(
            normalizer: normalizer, preTokenizer: BertPreTokenizer(), decoder: WordPieceDecoder())
    }

    /// The parts for GPT-2's byte-level words.
    static func byteLevel(
        _ configuration: TokenizerConfiguration, normalizer: (any Normalizer)? = nil
    ) -> PipelineParts {
        PipelineParts(
            normalizer: normalizer,
            preTokenizer: ByteLevel(addsPrefixSpace: configuration.flags["add_prefix_space"] ?? false),
            decoder: ByteLevelDecoder())
    }

    /// The parts for SentencePiece's words; `splits` tells whether the white space between them is lost.
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
    /// Spaces as characters, with one before texts unless `add_prefix_space` says otherwise.
    init(_ configuration: TokenizerConfiguration) {
        self.init(prepend: configuration.flags["add_prefix_space"] ?? true ? .always : .never)
    }
}

extension NormalizerSequence {
    /// Other normalizers, followed by one that collapses runs of spaces.
    static func singleSpaces(after others: [any Normalizer]) throws(TokenizerError) -> NormalizerSequence {
        NormalizerSequence(others + [Replace(try RegularExpression(" {2,}"), " ")])
    }
}
