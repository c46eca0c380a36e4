// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a tokenizer class can use to lay out texts.
struct LayoutContext {
    let ids: Tokenizer.SpecialTokenIDs
    /// The id of the texts' language, for classes that put a language code around texts.
    let language: Int32?
    let configuration: TokenizerConfiguration
    /// Whether `tokenizer.json` has a post-processor.
    let hasLayout: Bool
}

extension TemplatePiece? {
    /// A special token; nothing if the tokenizer has none.
    static func token(_ id: Int32?, typeID: Int32 = 0) -> TemplatePiece? { id.map { .special([$0], typeID: typeID) } }

    /// The first text.
    static var first: TemplatePiece? { .sequence(0, typeID: 0) }

    /// The second text.
    static func second(typeID: Int32) -> TemplatePiece? { .sequence(1, typeID: typeID) }
}

/// Layouts shared by several classes; tokens that a tokenizer lacks are left out.
extension Templates {
    /// Layouts of those pieces that are not nil.
    init(present single: [TemplatePiece?], pair: [TemplatePiece?]) {
        self.init(single: single.compactMap(\.self), pair: pair.compactMap(\.self))
    }

    /// BERT's layouts: `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`, the second text in segment 1.
    static func segmented(_ ids: Tokenizer.SpecialTokenIDs) -> Templates {
        Templates(
            present: [.token(ids.cls), .first, .token(ids.sep)],
            pair: [
                .token(ids.cls), .first, .token(ids.sep), .second(typeID: 1), .token(ids.sep, typeID: 1),
            ])
    }

    /// RoBERTa's layouts: `<s> A </s>` and `<s> A </s></s> B </s>`, everything in segment 0.
    static func separatedTwice(_ begin: Int32?, _ end: Int32?) -> Templates {
        Templates(
            present: [.token(begin), .first, .token(end)],
            pair: [.token(begin), .first, .token(end), .token(end), .second(typeID: 0), .token(end)])
    }

    /// Layouts for translation: the language code precedes the texts, or follows the end.
    static func ended(_ end: Int32?, before: Int32? = nil, after: Int32? = nil) -> Templates {
        Templates(
            present: [.token(before), .first, .token(end), .token(after)],
            pair: [.token(before), .first, .second(typeID: 0), .token(end), .token(after)])
    }

    /// The layout for files without one, as `add_bos_token` and `add_eos_token` ask for.
    static func framed(_ ids: Tokenizer.SpecialTokenIDs, _ configuration: TokenizerConfiguration) -> Templates {
        let begin = configuration.flags["add_bos_token"] ?? false ? ids.bos : nil
        let end = configuration.flags["add_eos_token"] ?? false ? ids.eos : nil
        let first: [TemplatePiece?] = [.token(begin), .first, .token(end)]
        return Templates(
            present: first, pair: first + [.token(begin, typeID: 1), .second(typeID: 1), .token(end, typeID: 1)])
    }
}
