// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Separates numbers, digit by digit or as runs.
struct Digits: PreTokenizer {
    let individually: Bool

    private enum CodingKeys: String, CodingKey {
        case individually = "individual_digits"
    }

    init(from decoder: any Decoder) throws {
        individually = try decoder.container(keyedBy: CodingKeys.self).decode(Bool.self, forKey: .individually)
    }

    func apply(to text: inout PreTokenizedText) {
        text.split(individually ? .isolated : .contiguous) { ScalarProperties($0).isNumeric }
    }
}

/// Separates punctuation.
struct Punctuation: PreTokenizer {
    let behavior: SplitBehavior

    init(_ behavior: SplitBehavior = .isolated) {
        self.behavior = behavior
    }

    private enum CodingKeys: String, CodingKey {
        case behavior
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        behavior = try container.decodeIfPresent(SplitBehavior.self, forKey: .behavior) ?? .isolated
    }

    func apply(to text: inout PreTokenizedText) {
        text.split(behavior) { ScalarProperties($0).isPunctuation }
    }
}

/// Splits at one character, which is dropped.
struct CharDelimiterSplit: PreTokenizer {
    let delimiter: UInt32

    private enum CodingKeys: String, CodingKey {
        case delimiter
    }

    init(from decoder: any Decoder) throws {
        let text = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .delimiter)
        guard let scalar = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
            throw TokenizerError(
                .malformedFile, "the delimiter of CharDelimiterSplit is \"\(text)\"; expected one character")
        }
        delimiter = scalar.value
    }

    func apply(to text: inout PreTokenizedText) {
        text.split(.removed) { $0 == delimiter }
    }
}

/// Splits after every so many characters.
struct FixedLength: PreTokenizer {
    let length: Int

    private enum CodingKeys: String, CodingKey {
        case length
    }

    init(from decoder: any Decoder) throws {
        length = try decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(Int.self, forKey: .length) ?? 5
        guard length > 0 else {
            throw TokenizerError(.malformedFile, "the length of FixedLength is \(length); expected 1 or more")
        }
    }

    func apply(to text: inout PreTokenizedText) {
        text.split { bytes, word, words in
            var start = word.start
            var index = Int(word.start)
            var count = 0
            while index < Int(word.end) {
                index += UTF8Scalars.decode(bytes, index).count
                count += 1
                if count == length || index == Int(word.end) {
                    words.append(WordRange(start: start, end: Int32(index)))
                    start = Int32(index)
                    count = 0
                }
            }
        }
    }
}
