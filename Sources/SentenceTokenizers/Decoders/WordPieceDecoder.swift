// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Joins WordPiece tokens into text again.
struct WordPieceDecoder: TokenDecoder {
    static let kind = "WordPiece"

    let prefix: String
    /// Whether spaces before punctuation and inside English contractions are removed.
    let cleansUp: Bool

    init(prefix: String = "##", cleansUp: Bool = true) {
        self.prefix = prefix
        self.cleansUp = cleansUp
    }

    private enum CodingKeys: String, CodingKey {
        case prefix
        case cleansUp = "cleanup"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        prefix = try container.decode(String.self, forKey: .prefix)
        cleansUp = try container.decode(Bool.self, forKey: .cleansUp)
    }

    func decode(_ tokens: [String]) -> String {
        var text = ""
        for (index, token) in tokens.enumerated() {
            var part = token
            if index != 0 {
                if !prefix.isEmpty, token.utf8.starts(with: prefix.utf8) {
                    part = String(decoding: token.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
                } else {
                    part = " " + token
                }
            }
            text += cleansUp ? Self.cleanedUp(part) : part
        }
        return text
    }

    private static let replacements = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]

    private static func cleanedUp(_ part: String) -> String {
        var bytes = Array(part.utf8)
        for (old, new) in replacements {
            let (old, new) = (Array(old.utf8), Array(new.utf8))
            var index = 0
            while index + old.count <= bytes.count {
                if bytes[index..<index + old.count].elementsEqual(old) {
                    bytes.replaceSubrange(index..<index + old.count, with: new)
                    index += new.count
                } else {
                    index += 1
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
