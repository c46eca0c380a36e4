// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How the reference builds the pipeline of a tokenizer: all of `tokenizer.json`, or as a class does it by itself.
enum TokenizerClass: Equatable, CaseIterable {
    /// All of `tokenizer.json`.
    case verbatim
    case albert, bert, bigBird, camembert, clip, deberta, debertaV2, gemma, gpt2, gptNeoX, llama, mBart, mBart50, mpnet,
        nllb, pegasus, qwen2, remBert, roberta, t5, xlmRoberta, xlnet

    /// The model that a class is made for.
    enum ModelKind: String {
        case wordPiece = "WordPiece"
        case bpe = "BPE"
        case unigram = "Unigram"
    }

    /// The model that the class is made for; `nil` if the file decides.
    var modelKind: ModelKind? {
        switch self {
        case .verbatim: nil
        case .bert, .mpnet: .wordPiece
        case .clip, .deberta, .gemma, .gpt2, .gptNeoX, .llama, .nllb, .qwen2, .roberta: .bpe
        case .albert, .bigBird, .camembert, .debertaV2, .mBart, .mBart50, .pegasus, .remBert, .t5, .xlmRoberta, .xlnet:
            .unigram
        }
    }

    /// Names of classes, without the ending `Fast`; those that inherit from another class build what that builds.
    private static let classes: [String: TokenizerClass] = [
        "AlbertTokenizer": .albert, "FNetTokenizer": .albert,
        "BertTokenizer": .bert, "ConvBertTokenizer": .bert, "DPRContextEncoderTokenizer": .bert,
        "DPRQuestionEncoderTokenizer": .bert, "DPRReaderTokenizer": .bert, "DistilBertTokenizer": .bert,
        "ElectraTokenizer": .bert, "LayoutLMTokenizer": .bert, "LxmertTokenizer": .bert, "MobileBertTokenizer": .bert,
        "SqueezeBertTokenizer": .bert,
        "BigBirdTokenizer": .bigBird,
        "CamembertTokenizer": .camembert,
        "CLIPTokenizer": .clip,
        "DebertaTokenizer": .deberta,
        "DebertaV2Tokenizer": .debertaV2,
        "GemmaTokenizer": .gemma,
        "GPT2Tokenizer": .gpt2, "CodeGenTokenizer": .gpt2,
        "GPTNeoXTokenizer": .gptNeoX,
        "LlamaTokenizer": .llama,
        "MBartTokenizer": .mBart,
        "MBart50Tokenizer": .mBart50,
        "MPNetTokenizer": .mpnet,
        "NllbTokenizer": .nllb,
        "PegasusTokenizer": .pegasus,
        "Qwen2Tokenizer": .qwen2,
        "RemBertTokenizer": .remBert,
        "BartTokenizer": .roberta, "LEDTokenizer": .roberta, "LongformerTokenizer": .roberta, "MvpTokenizer": .roberta,
        "RobertaTokenizer": .roberta,
        "T5Tokenizer": .t5,
        "XLMRobertaTokenizer": .xlmRoberta,
        "XLNetTokenizer": .xlnet,
    ]

    /// Classes that take all of `tokenizer.json`.
    private static let verbatimClasses: Set<String> = [
        "PreTrainedTokenizer", "PreTrainedTokenizerFast", "PythonBackend", "TokenizersBackend",
    ]

    /// Classes of the reference that build pipelines of their own which this version does not have.
    private static let otherClasses: Set<String> = [
        "BarthezTokenizer", "BartphoTokenizer", "BertJapaneseTokenizer", "BertweetTokenizer", "BlenderbotTokenizer",
        "CodeLlamaTokenizer", "CohereTokenizer", "FunnelTokenizer", "HerbertTokenizer", "LayoutLMv2Tokenizer",
        "LayoutLMv3Tokenizer", "LayoutXLMTokenizer", "LukeTokenizer", "MarkupLMTokenizer", "MLukeTokenizer",
        "NougatTokenizer", "OpenAIGPTTokenizer", "ParakeetTokenizer", "PhobertTokenizer", "Qwen3_5Tokenizer",
        "ReformerTokenizer", "RoCBertTokenizer", "RoFormerTokenizer", "SeamlessM4TTokenizer", "Siglip2Tokenizer",
        "SiglipTokenizer", "SplinterTokenizer", "TapasTokenizer", "UdopTokenizer", "WhisperTokenizer", "XGLMTokenizer",
        "XLMTokenizer",
    ]

    private struct ModelConfiguration: Decodable {
        var model_type: String?
        var tokenizer_class: String?
    }

    /// Classes whose models get the types of tokens (`token_type_ids` among their `model_input_names`).
    private static let typingClasses: Set<String> = [
        "BertTokenizer", "ConvBertTokenizer", "DPRContextEncoderTokenizer", "DPRQuestionEncoderTokenizer",
        "DebertaTokenizer", "DebertaV2Tokenizer", "ElectraTokenizer", "FNetTokenizer", "LayoutLMTokenizer",
        "LxmertTokenizer", "MarkupLMTokenizer", "MobileBertTokenizer", "SqueezeBertTokenizer", "TapasTokenizer",
    ]

    /// Whether the models of a class get the types of tokens.
    static func givesTokenTypes(_ className: String) -> Bool { typingClasses.contains(className) }

    /// The class of the files, and its name in the reference, without the ending `Fast`.
    static func resolve(
        _ configuration: TokenizerConfiguration, _ files: TokenizerFiles
    ) throws -> (TokenizerClass, name: String) {
        let model = try files.modelConfiguration.map {
            try TokenizerFiles.decode(ModelConfiguration.self, $0, "config.json")
        }
        let registered = model?.model_type.flatMap(ModelTypes.tokenizerClass)
        let hasFile = files.contents["tokenizer.json"] != nil
        let verbatim = (TokenizerClass.verbatim, name: "TokenizersBackend")
        guard let full = configuration.tokenizerClass ?? model?.tokenizer_class else {
            if let registered, let known = classes[registered] { return (known, registered) }
            return hasFile || files.likelyClass == .verbatim ? verbatim : (files.likelyClass, "BertTokenizer")
        }
        var name = full.hasSuffix("Fast") ? String(full.dropLast(4)) : full
        if name == "PreTrainedTokenizer" { name = "PreTrainedTokenizerFast" }
        // Files of Llama 3 name Llama's class although they are byte-level.
        if name == "LlamaTokenizer", let data = files.contents["tokenizer.json"], data.hasByteLevel { return verbatim }
        if let registered, registered != name {
            if verbatimClasses.contains(registered), hasFile { return verbatim }
            if ModelTypes.misnamed.contains(model?.model_type ?? "") { name = registered }
        }
        if let known = classes[name] { return (known, name) }
        if otherClasses.contains(name) || !hasFile {
            throw TokenizerError(
                .unsupportedComponent,
                "tokenizer_class \"\(full)\" is not supported by this version"
                    + (hasFile ? "" : " without a tokenizer.json")
                    + "; supported: \((classes.keys + ["PreTrainedTokenizerFast", "TokenizersBackend"]).sorted().joined(separator: ", "))",
                file: configuration.tokenizerClass == nil ? "config.json" : "tokenizer_config.json")
        }
        return verbatim
    }
}
