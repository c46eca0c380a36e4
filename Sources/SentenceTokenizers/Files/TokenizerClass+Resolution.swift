// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension TokenizerClass {
    /// Classes of the reference with their own pipelines that this version does not support.
    private static let missing: Set<String> = [
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

    /// The class to use for the files.
    static func resolve(_ configuration: TokenizerConfiguration, _ files: TokenizerFiles) throws -> TokenizerClass {
        let model = try files.modelConfiguration.map {
            try TokenizerFiles.decode(ModelConfiguration.self, $0, "config.json")
        }
        let registered = model?.model_type.flatMap(ModelTypes.tokenizerClass)
        let data = files.contents["tokenizer.json"]
        guard let full = configuration.tokenizerClass ?? model?.tokenizer_class else {
            if let registered, let known = byName[registered] { return known }
            let isWordList = data == nil && files.contents["vocab.txt"] != nil
            return isWordList ? byName[wordListClass] ?? verbatim : verbatim
        }
        var name = full.hasSuffix("Fast") ? String(full.dropLast(4)) : full
        if let data, byName[name]?.leavesByteLevel ?? false, data.hasByteLevel { return verbatim }
        if let registered, registered != name {
            if verbatim.names.contains(registered), data != nil { return verbatim }
            if ModelTypes.misnamed.contains(model?.model_type ?? "") { name = registered }
        }
        if let known = byName[name] { return known }
        if missing.contains(name) || data == nil {
            throw TokenizerError(
                .unsupportedComponent,
                "tokenizer_class \"\(full)\" is not supported by this version"
                    + (data == nil ? " without a tokenizer.json" : "")
                    + "; supported: \((byName.keys + verbatim.names).sorted().joined(separator: ", "))",
                file: configuration.tokenizerClass == nil ? "config.json" : "tokenizer_config.json")
        }
        return verbatim
    }
}
