// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Joins WordPiece tokens back into text.
struct WordPieceDecoder: TokenDecoder {
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

    func decode(_ tokens: [String]) -> [String] {
        tokens.enumerated().map { index, token in
            var part = token
            if index != 0 {
                if !prefix.isEmpty, token.utf8.starts(with: prefix.utf8) {
                    part = String(decoding: token.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
                } else {
                    part = " " + token
                }
            }
            return cleansUp ? Self.cleanedUp(part) : part
        }
    }

    private static let replacements = [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]

    /// Removes spaces before punctuation and inside English contractions.
    static func cleanedUp(_ part: String) -> String {
        replacements.reduce(part) { $0.replacingAll($1.0, with: $1.1) }
    }
}
