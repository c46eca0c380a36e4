// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Removes white space from both ends.
struct Strip: Normalizer {
    let left: Bool
    let right: Bool

    init(left: Bool, right: Bool) {
        self.left = left
        self.right = right
    }

    private enum CodingKeys: String, CodingKey {
        case left = "strip_left"
        case right = "strip_right"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        left = try container.decode(Bool.self, forKey: .left)
        right = try container.decode(Bool.self, forKey: .right)
    }

    func normalize(_ text: inout NormalizedText) {
        var start = 0
        var end = text.count
        while left, start < end {
            let (scalar, length) = UTF8Scalars.decode(text.bytes.base, start)
            guard ScalarProperties(scalar).isWhitespace else { break }
            start += length
        }
        while right, end > start {
            let (scalar, length) = UTF8Scalars.decodeLast(text.bytes.base, before: end)
            guard ScalarProperties(scalar).isWhitespace else { break }
            end -= length
        }
        if start > 0 || end < text.count { text.keep(start..<end) }
    }
}

/// Puts a string before a non-empty text.
struct Prepend: Normalizer {
    let prefix: [UInt8]

    init(_ prefix: String) {
        self.prefix = Array(prefix.utf8)
    }

    private enum CodingKeys: String, CodingKey {
        case prepend
    }

    init(from decoder: any Decoder) throws {
        self.init(try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .prepend))
    }

    func normalize(_ text: inout NormalizedText) {
        if text.count == 0 || prefix.isEmpty { return }
        text.rewrite { old, new in
            new.append(prefix, sourceOf: 0, in: old)
            new.append(old, 0..<old.count)
        }
    }
}

/// Replaces the matches of a pattern.
struct Replace: Normalizer {
    private let pattern: any TextPattern
    private let content: [UInt8]

    init(_ pattern: any TextPattern, _ content: String) {
        self.pattern = pattern
        self.content = Array(content.utf8)
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

    func normalize(_ text: inout NormalizedText) {
        text.rewrite { old, new in
            var done = 0
            let failure = pattern.forEachMatch(old.bytes.base, 0..<old.count) { match in
                new.append(old, done..<match.lowerBound)
                // The replacement has the source of the last byte that it replaces.
                if match.upperBound > 0 {
                    new.append(content, sourceOf: match.upperBound - 1, in: old)
                } else {
                    for byte in content { new.appendWithoutSource(byte) }
                }
                done = match.upperBound
            }
            new.append(old, done..<old.count)
            if let failure { new.fail(failure) }
        }
    }
}

/// Removes control characters and turns unusual spaces into plain ones, as old translation models did.
struct NmtNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        text.mapScalars { scalar in
            switch scalar {
            case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: nil
            case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: 0x20
            default: scalar
            }
        }
    }
}

/// Represents every byte by a printable character.
struct ByteLevelNormalizer: Normalizer {
    func normalize(_ text: inout NormalizedText) {
        guard text.canGrow(by: 2) else { return }
        text.rewrite { old, new in
            for index in 0..<old.count {
                let spelled = UTF8.encode(
                    Unicode.Scalar(ByteCharacters.shared.characters[Int(old.bytes[index])]) ?? "?")
                for byte in spelled ?? UTF8.encodedReplacementCharacter {
                    new.append(byte, sourceOf: index, in: old)
                }
            }
        }
    }
}
