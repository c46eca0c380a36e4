// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// A token that is searched for in the text before the model sees it.
struct AddedToken: Sendable, Hashable, Codable {
    private let exactContent: ExactString
    /// Matches only if no word character is next to it.
    var isSingleWord = false
    /// Also takes the white space before it.
    var stripsLeft = false
    /// Also takes the white space after it.
    var stripsRight = false
    /// Is searched for in the normalized text instead of the original.
    var isNormalized: Bool
    /// Is a special token, which decoding can skip.
    var isSpecial: Bool

    /// The text of the token.
    var content: String { exactContent.string }

    init(_ content: String, isSpecial: Bool) {
        exactContent = ExactString(content)
        self.isSpecial = isSpecial
        isNormalized = !isSpecial
    }

    private enum CodingKeys: String, CodingKey {
        case exactContent = "content"
        case isSingleWord = "single_word"
        case stripsLeft = "lstrip"
        case stripsRight = "rstrip"
        case isNormalized = "normalized"
        case isSpecial = "special"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        exactContent = try container.decode(ExactString.self, forKey: .exactContent)
        isSingleWord = try container.decodeIfPresent(Bool.self, forKey: .isSingleWord) ?? false
        stripsLeft = try container.decodeIfPresent(Bool.self, forKey: .stripsLeft) ?? false
        stripsRight = try container.decodeIfPresent(Bool.self, forKey: .stripsRight) ?? false
        isSpecial = try container.decodeIfPresent(Bool.self, forKey: .isSpecial) ?? false
        isNormalized = try container.decodeIfPresent(Bool.self, forKey: .isNormalized) ?? !isSpecial
    }
}
