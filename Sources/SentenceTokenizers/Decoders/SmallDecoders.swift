// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// Several decoders, one after another.
struct TokenDecoderSequence: TokenDecoder {
    let members: [any TokenDecoder]

    init(_ members: [any TokenDecoder]) {
        self.members = members
    }

    private enum CodingKeys: String, CodingKey {
        case decoders
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        members = try container.decode([Component<TokenDecoders>].self, forKey: .decoders).map(\.base)
    }

    func decode(_ tokens: [String]) throws -> [String] {
        try members.reduce(tokens) { try $1.decode($0) }
    }
}

/// Joins all tokens into one.
struct FuseDecoder: TokenDecoder {
    func decode(_ tokens: [String]) -> [String] { [tokens.joined()] }
}

/// Removes the suffix at the end of a word and separates words by spaces.
struct SuffixDecoder: TokenDecoder {
    let suffix: String

    private enum CodingKeys: String, CodingKey {
        case suffix
    }

    init(from decoder: any Decoder) throws {
        suffix = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .suffix)
    }

    func decode(_ tokens: [String]) -> [String] {
        tokens.enumerated().map { index, token in
            token.replacingAll(suffix, with: index == tokens.count - 1 ? "" : " ")
        }
    }
}

/// Replaces the matches of a pattern in every token.
struct ReplaceDecoder: TokenDecoder {
    private let pattern: any TextPattern
    private let content: String

    init(_ pattern: any TextPattern, _ content: String) {
        self.pattern = pattern
        self.content = content
    }

    private enum CodingKeys: String, CodingKey {
        case pattern, content
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(PatternFile.self, forKey: .pattern).pattern(),
            try container.decode(String.self, forKey: .content))
    }

    func decode(_ tokens: [String]) throws -> [String] {
        var total = 0
        return try tokens.map { token in
            let replaced = try token.replacing(pattern, with: content)
            total += replaced.utf8.count
            guard total < String.decodedLimit else { throw String.tooLong }
            return replaced
        }
    }
}

/// Removes a character from the ends of every token, up to a number of times.
struct StripDecoder: TokenDecoder {
    let content: String
    let start: Int
    let stop: Int

    init(content: String, start: Int, stop: Int) {
        self.content = content
        self.start = start
        self.stop = stop
    }

    private enum CodingKeys: String, CodingKey {
        case content, start, stop
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            content: try container.decode(String.self, forKey: .content),
            start: try container.decode(Int.self, forKey: .start), stop: try container.decode(Int.self, forKey: .stop))
    }

    func decode(_ tokens: [String]) -> [String] {
        guard let character = content.unicodeScalars.first else { return tokens }
        return tokens.map { token in
            var scalars = token.unicodeScalars[...]
            var left = start
            while left > 0, scalars.first == character {
                scalars.removeFirst()
                left -= 1
            }
            left = stop
            while left > 0, scalars.last == character {
                scalars.removeLast()
                left -= 1
            }
            return String(scalars)
        }
    }
}

/// Joins the frames of speech recognition: repeats become one token, padding is dropped.
struct CTCDecoder: TokenDecoder {
    private let padToken: String
    private let delimiter: String
    private let cleansUp: Bool

    private enum CodingKeys: String, CodingKey {
        case padToken = "pad_token"
        case delimiter = "word_delimiter_token"
        case cleansUp = "cleanup"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        padToken = try container.decode(String.self, forKey: .padToken)
        delimiter = try container.decode(String.self, forKey: .delimiter)
        cleansUp = try container.decode(Bool.self, forKey: .cleansUp)
    }

    func decode(_ tokens: [String]) -> [String] {
        var result: [String] = []
        for (index, token) in tokens.enumerated() where index == 0 || !token.isExactly(tokens[index - 1]) {
            var text = token.replacingAll(padToken, with: "")
            if cleansUp { text = WordPieceDecoder.cleanedUp(text).replacingAll(delimiter, with: " ") }
            if !text.isEmpty { result.append(text) }
        }
        return result
    }
}

extension Metaspace: TokenDecoder {
    func decode(_ tokens: [String]) -> [String] {
        let character = String(decoding: replacement, as: UTF8.self)
        return tokens.enumerated().map { index, token in
            token.replacingAll(character, with: index == 0 && prepend != .never ? "" : " ")
        }
    }
}
