// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// Layouts that the file specifies piece by piece.
struct TemplateProcessing: PostProcessor {
    private let layouts: Templates

    private enum CodingKeys: String, CodingKey {
        case single, pair
        case specialTokens = "special_tokens"
    }

    private struct Piece: Decodable {
        struct Content: Decodable {
            var id: String
            var type_id: Int32
        }

        var SpecialToken: Content?
        var Sequence: Content?
    }

    private struct Special: Decodable {
        var ids: [Int32]
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let specials = try container.decode([ExactString: Special].self, forKey: .specialTokens)
        func layout(_ key: CodingKeys, allowsPair: Bool) throws -> [TemplatePiece] {
            try container.decode([Piece].self, forKey: key).map { piece in
                if let token = piece.SpecialToken {
                    guard let special = specials[token.id] else {
                        throw TokenizerError(
                            .inconsistentTokenizer,
                            "post_processor.\(key.rawValue) uses the special token \"\(token.id)\", which "
                                + "post_processor.special_tokens does not have; add it there")
                    }
                    return .special(special.ids, typeID: token.type_id)
                }
                switch piece.Sequence?.id {
                case "A": return .sequence(0, typeID: piece.Sequence?.type_id ?? 0)
                case "B" where allowsPair: return .sequence(1, typeID: piece.Sequence?.type_id ?? 0)
                default:
                    throw TokenizerError(
                        .malformedFile,
                        "post_processor.\(key.rawValue) has a piece that is neither a SpecialToken nor "
                            + (allowsPair ? "the Sequence A or B" : "the Sequence A"))
                }
            }
        }
        layouts = Templates(
            single: try layout(.single, allowsPair: false), pair: try layout(.pair, allowsPair: true))
    }

    func templates() -> Templates { layouts }
}
