// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// How the reference builds the pipeline of a tokenizer.
enum TokenizerClass: Equatable {
    /// Normalizer, pre-tokenizer and layout of BERT, whatever `tokenizer.json` says.
    case bert
    /// As BERT, with other special tokens and the layout of RoBERTa.
    case mpnet
    /// All of `tokenizer.json`.
    case verbatim

    /// Classes (without the ending `Fast`) that are BERT's or inherit from it.
    private static let bertClasses: Set<String> = [
        "BertTokenizer", "ConvBertTokenizer", "DPRContextEncoderTokenizer", "DPRQuestionEncoderTokenizer",
        "DPRReaderTokenizer", "DistilBertTokenizer", "ElectraTokenizer", "LayoutLMTokenizer", "LxmertTokenizer",
        "MobileBertTokenizer", "SqueezeBertTokenizer",
    ]

    /// Values of `model_type` in `config.json` for which the reference takes BERT's class if no class is named.
    private static let bertModelTypes: Set<String> = [
        "align", "bark", "bert", "blip", "bros", "chinese_clip", "convbert", "distilbert", "electra", "ernie", "flava",
        "git", "grounding-dino", "layoutlm", "lxmert", "megatron-bert", "mm-grounding-dino", "mobilebert", "nezha",
        "nomic_bert", "qdqbert", "realm", "retribert", "squeezebert", "tvp", "vilt", "visual_bert",
    ]

    /// Classes that build pipelines of their own which this version does not have.
    private static let otherClasses: Set<String> = [
        "AlbertTokenizer", "BarthezTokenizer", "BertJapaneseTokenizer", "BigBirdTokenizer", "CLIPTokenizer",
        "CamembertTokenizer", "DebertaTokenizer", "DebertaV2Tokenizer", "FunnelTokenizer", "GPT2Tokenizer",
        "GemmaTokenizer", "HerbertTokenizer", "LayoutLMv2Tokenizer", "LayoutLMv3Tokenizer", "LlamaTokenizer",
        "MBartTokenizer", "Qwen2Tokenizer", "RemBertTokenizer", "RoCBertTokenizer",
        "RoFormerTokenizer", "RobertaTokenizer", "SplinterTokenizer", "T5Tokenizer", "TapasTokenizer",
        "XLMRobertaTokenizer", "XLNetTokenizer",
    ]

    private struct ModelConfiguration: Decodable {
        var model_type: String?
        var tokenizer_class: String?
    }

    init(_ configuration: TokenizerConfiguration, _ files: TokenizerFiles) throws {
        let model = try files.modelConfiguration.map {
            try TokenizerFiles.decode(ModelConfiguration.self, $0, "config.json")
        }
        guard var name = configuration.tokenizerClass ?? model?.tokenizer_class else {
            let isBert = Self.bertModelTypes.contains(model?.model_type ?? "")
            let isVerbatim = !isBert && files.contents["tokenizer.json"] != nil
            self = model?.model_type == "mpnet" ? .mpnet : isVerbatim ? .verbatim : .bert
            return
        }
        let full = name
        if name.hasSuffix("Fast") { name.removeLast(4) }
        if Self.bertClasses.contains(name) {
            self = .bert
            return
        }
        if name == "MPNetTokenizer" {
            self = .mpnet
            return
        }
        if Self.otherClasses.contains(name) || files.contents["tokenizer.json"] == nil {
            throw TokenizerError(
                .unsupportedComponent,
                "tokenizer_class \"\(full)\" is not supported by this version"
                    + (files.contents["tokenizer.json"] == nil ? " without a tokenizer.json" : "")
                    + "; supported: \(Self.bertClasses.sorted().joined(separator: ", ")), MPNetTokenizer, "
                    + "PreTrainedTokenizerFast, TokenizersBackend",
                file: configuration.tokenizerClass == nil ? "config.json" : "tokenizer_config.json")
        }
        self = .verbatim
    }
}

extension TokenizerConfiguration {
    /// Reads the configuration with the older files that belong to it.
    static func read(_ files: TokenizerFiles) throws -> TokenizerConfiguration {
        var configuration = TokenizerConfiguration()
        if let data = files.contents["tokenizer_config.json"] {
            configuration = try TokenizerFiles.decode(Self.self, data, "tokenizer_config.json")
        }
        // Newer configurations carry their added tokens; the older file does not count beside them.
        if configuration.addedTokens == nil, let data = files.contents["special_tokens_map.json"] {
            let map = try TokenizerFiles.decode(Self.self, data, "special_tokens_map.json")
            configuration.merge(specialTokensMap: map)
        }
        return configuration
    }

    /// Sets the special tokens that a class has by itself where the files name none.
    mutating func setTokens(of tokenizerClass: TokenizerClass) {
        switch tokenizerClass {
        case .bert: setBertTokens()
        case .mpnet: setMPNetTokens()
        case .verbatim: break
        }
    }

    private mutating func setMPNetTokens() {
        let defaults = [
            "bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>", "unk_token": "[UNK]",
            "pad_token": "<pad>", "mask_token": "<mask>",
        ]
        for (key, content) in defaults {
            var token = namedTokens[key]?.token ?? AddedToken(content, isSpecial: true)
            // A mask token that is just a string takes the white space before it along.
            if key == "mask_token", namedTokens[key]?.isPlain ?? true { token.stripsLeft = true }
            namedTokens[key] = ConfiguredToken(token)
        }
    }

    private mutating func setBertTokens() {
        let defaults = [
            "unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]",
            "mask_token": "[MASK]",
        ]
        for (key, content) in defaults where namedTokens[key] == nil {
            namedTokens[key] = ConfiguredToken(AddedToken(content, isSpecial: true))
        }
    }

    /// The normalizer that BERT's class builds.
    var bertNormalizer: BertNormalizer {
        BertNormalizer(
            handlesChinese: tokenizeChineseChars ?? true, stripsAccents: stripAccents,
            lowersCase: doLowerCase ?? true)
    }
}
