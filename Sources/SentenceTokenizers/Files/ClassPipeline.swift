// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a class builds by itself, whatever `tokenizer.json` says.
struct ClassPipeline {
    var normalizer: (any Normalizer)?
    var preTokenizer: (any PreTokenizer)?
    var decoder: (any TokenDecoder)?

    private static let space = "\u{2581}"

    /// Builds the parts; `map` is the precompiled character map of the files.
    init(_ tokenizerClass: TokenizerClass, _ configuration: TokenizerConfiguration, map: CharacterMap?)
        throws(TokenizerError)
    {
        let flags = configuration.flags
        let addsPrefixSpace = flags["add_prefix_space"] ?? false
        let metaspace = Metaspace(prepend: flags["add_prefix_space"] ?? true ? .always : .never)
        switch tokenizerClass {
        case .verbatim: break
        case .bert, .mpnet:
            normalizer = configuration.bertNormalizer
            preTokenizer = BertPreTokenizer()
            decoder = WordPieceDecoder()
        case .roberta, .gpt2, .deberta, .gptNeoX:
            normalizer = tokenizerClass == .gptNeoX ? NormalForm.composed : nil
            preTokenizer = ByteLevel(addsPrefixSpace: addsPrefixSpace)
            decoder = ByteLevelDecoder()
        case .qwen2:
            normalizer = NormalForm.composed
            let style = WordScanner.Style(ignoresCase: true, takesAnyLead: true, digits: 1)
            preTokenizer = PreTokenizerSequence([
                Split(WordScanner(style), .isolated), ByteLevel(addsPrefixSpace: addsPrefixSpace, splits: false),
            ])
            decoder = ByteLevelDecoder()
        case .clip:
            normalizer = NormalizerSequence([
                NormalForm.composed, Replace(try RegularExpression(#"\s+"#), " "), Lowercase(),
            ])
            let style = WordScanner.Style(digits: 1, skipsSpace: true, takesSpecials: true)
            preTokenizer = PreTokenizerSequence([
                Split(WordScanner(style), .removed, inverts: true), ByteLevel(addsPrefixSpace: false),
            ])
            decoder = TokenDecoderSequence([ByteLevelDecoder(), WordEndDecoder(suffix: "</w>")])
        case .gemma:
            normalizer = Replace(FixedString(" "), Self.space)
            preTokenizer = Split(FixedString(" "), .mergedWithPrevious)
            decoder = TokenDecoderSequence([
                ReplaceDecoder(FixedString(Self.space), " "), ByteFallbackDecoder(), FuseDecoder(),
            ])
        case .llama:
            let adds = flags["add_prefix_space"] ?? true
            preTokenizer = Metaspace(
                prepend: !adds ? .never : flags["legacy"] ?? false ? .always : .first, splits: false)
            var decoders: [any TokenDecoder] = [
                ReplaceDecoder(FixedString(Self.space), " "), ByteFallbackDecoder(), FuseDecoder(),
            ]
            if adds { decoders.append(StripDecoder(content: " ", start: 1, stop: 0)) }
            decoder = TokenDecoderSequence(decoders)
        case .xlmRoberta, .camembert, .t5:
            normalizer = map
            let own = tokenizerClass == .t5 ? Metaspace(prepend: .always) : metaspace
            preTokenizer = PreTokenizerSequence([WhitespaceSplit(), own])
            decoder = own
        case .albert, .xlnet, .remBert:
            normalizer = NormalizerSequence(try Self.oldNormalizers(tokenizerClass, flags) + (map.map { [$0] } ?? []))
            // XLNet's class sees no flag that is not true.
            let own = tokenizerClass == .xlnet ? Metaspace(prepend: .always) : metaspace
            preTokenizer = tokenizerClass == .remBert ? own : PreTokenizerSequence([WhitespaceSplit(), own])
            decoder = own
        case .debertaV2:
            let lowers: [any Normalizer] = flags["do_lower_case"] ?? false ? [Lowercase()] : []
            normalizer = NormalizerSequence(
                lowers + [
                    Replace(try RegularExpression(#"\s{2,}|[\n\r\t]"#), " "), NormalForm.composed,
                    Strip(left: false, right: true),
                ])
            let own = Metaspace(prepend: flags["add_prefix_space"] ?? true ? .always : .first)
            preTokenizer = flags["split_by_punct"] ?? false ? PreTokenizerSequence([Punctuation(), own]) : own
            decoder = own
        case .mBart:
            preTokenizer = PreTokenizerSequence([WhitespaceSplit(), Metaspace(prepend: .always)])
            decoder = Metaspace(prepend: .always)
        case .mBart50, .nllb, .pegasus:
            normalizer = try Self.spacing(tokenizerClass, map)
            preTokenizer = Metaspace(prepend: .always)
            decoder = Metaspace(prepend: .always)
        case .bigBird:
            normalizer = Replace(try RegularExpression(" {2,}"), Self.space)
            preTokenizer = metaspace
            decoder = metaspace
        }
    }

    /// The character map, and one space for many.
    private static func spacing(
        _ tokenizerClass: TokenizerClass, _ map: CharacterMap?
    ) throws(TokenizerError) -> (any Normalizer)? {
        var result: [any Normalizer] = map.map { [$0] } ?? []
        if map == nil, tokenizerClass == .nllb { return nil }
        if map == nil, tokenizerClass == .pegasus { result.append(Replace(FixedString("\n"), " ")) }
        return NormalizerSequence(result + [Replace(try RegularExpression(" {2,}"), " ")])
    }

    private static func oldNormalizers(
        _ tokenizerClass: TokenizerClass, _ flags: [String: Bool]
    ) throws(TokenizerError) -> [any Normalizer] {
        var result: [any Normalizer] = [Replace(FixedString("``"), "\""), Replace(FixedString("''"), "\"")]
        if tokenizerClass == .remBert { result.append(Replace(try RegularExpression(" {2,}"), " ")) }
        // XLNet's class strips accents always, whatever its flag says.
        if tokenizerClass == .xlnet || !(flags["keep_accents"] ?? (tokenizerClass == .remBert)) {
            result += [NormalForm.compatiblyDecomposed, StripAccents()]
        }
        if flags["do_lower_case"] ?? (tokenizerClass == .albert) { result.append(Lowercase()) }
        return result
    }
}

extension TokenizerClass {
    /// The layouts that the class sets by itself; `nil` if those of the files count.
    ///
    /// `hasLayout` tells whether `tokenizer.json` has a post-processor; `language` is the id of the texts' language.
    func templates(
        _ ids: Tokenizer.SpecialTokenIDs, language: Int32?, _ configuration: TokenizerConfiguration, hasLayout: Bool
    ) -> Templates? {
        // A quirk of the reference: without a layout in the file, that of the class is lost.
        if self == .remBert, !hasLayout { return nil }
        func pieces(_ list: [(Int32?, Int32)], _ sequences: [Int: Int]) -> [TemplatePiece] {
            list.enumerated().compactMap { index, item in
                if let sequence = sequences[index] { return .sequence(sequence, typeID: item.1) }
                return item.0.map { .special([$0], typeID: item.1) }
            }
        }
        switch self {
        case .bert:
            var templates = BertProcessing(separator: ids.sep ?? 3, classifier: ids.cls ?? 2).templates()
            templates.hasPlainTypes = false
            return templates
        case .mpnet:
            return RobertaProcessing(separator: ids.sep ?? 2, classifier: ids.cls ?? 0).templates()
        case .roberta:
            return RobertaProcessing(
                separator: ids.sep ?? 2, classifier: ids.cls ?? 0,
                trimsOffsets: configuration.flags["trim_offsets"] ?? true,
                addsPrefixSpace: configuration.flags["add_prefix_space"] ?? false
            ).templates()
        case .clip:
            return RobertaProcessing(
                separator: ids.eos ?? 1, classifier: ids.bos ?? 0, trimsOffsets: false, addsPrefixSpace: false
            ).templates()
        case .xlmRoberta, .camembert, .deberta:
            let (begin, end) = self == .deberta ? (ids.cls, ids.sep) : (ids.bos, ids.eos)
            return Templates(
                single: pieces([(begin, 0), (nil, 0), (end, 0)], [1: 0]),
                pair: pieces([(begin, 0), (nil, 0), (end, 0), (end, 0), (nil, 0), (end, 0)], [1: 0, 4: 1]))
        case .albert, .debertaV2, .bigBird, .remBert:
            return Templates(
                single: pieces([(ids.cls, 0), (nil, 0), (ids.sep, 0)], [1: 0]),
                pair: pieces([(ids.cls, 0), (nil, 0), (ids.sep, 0), (nil, 1), (ids.sep, 1)], [1: 0, 3: 1]))
        case .t5:
            return Templates(
                single: pieces([(nil, 0), (ids.eos, 0)], [0: 0]),
                pair: pieces([(nil, 0), (ids.eos, 0), (nil, 0), (ids.eos, 0)], [0: 0, 2: 1]))
        case .xlnet:
            return Templates(
                single: pieces([(nil, 0), (ids.sep, 0), (ids.cls, 2)], [0: 0]),
                pair: pieces([(nil, 0), (ids.sep, 0), (nil, 1), (ids.sep, 1), (ids.cls, 2)], [0: 0, 2: 1]))
        case .pegasus, .mBart, .mBart50, .nllb:
            let leads = self == .mBart50 || self == .nllb && configuration.flags["legacy_behaviour"] != true
            let (begin, end) = leads ? (language, nil) : (nil, language)
            return Templates(
                single: pieces([(begin, 0), (nil, 0), (ids.eos, 0), (end, 0)], [1: 0]),
                pair: pieces([(begin, 0), (nil, 0), (nil, 0), (ids.eos, 0), (end, 0)], [1: 0, 2: 1]))
        case .gptNeoX:
            return Self.framed(ids, configuration)
        case .verbatim, .gpt2, .gemma, .llama, .qwen2:
            return nil
        }
    }

    /// The layout of files without one: what `add_bos_token` and `add_eos_token` ask for.
    static func framed(_ ids: Tokenizer.SpecialTokenIDs, _ configuration: TokenizerConfiguration) -> Templates {
        let begin = configuration.flags["add_bos_token"] ?? false ? ids.bos : nil
        let end = configuration.flags["add_eos_token"] ?? false ? ids.eos : nil
        func frame(_ sequence: Int) -> [TemplatePiece] {
            let typeID = Int32(sequence)
            return (begin.map { [.special([$0], typeID: typeID)] } ?? []) + [.sequence(sequence, typeID: typeID)]
                + (end.map { [.special([$0], typeID: typeID)] } ?? [])
        }
        return Templates(single: frame(0), pair: frame(0) + frame(1))
    }
}
