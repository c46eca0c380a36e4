// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Represents every byte by a printable character, after splitting as GPT-2 does.
///
/// Radford and others, "Language Models are Unsupervised Multitask Learners", 2019.
struct ByteLevel: PreTokenizer {
    let addsPrefixSpace: Bool
    let splits: Bool
    /// Whether the model reads the bytes themselves, so that they need not be represented.
    var leavesBytes = false

    private static let scanner = WordScanner(WordScanner.Style())

    init(addsPrefixSpace: Bool, splits: Bool = true) {
        self.addsPrefixSpace = addsPrefixSpace
        self.splits = splits
    }

    private enum CodingKeys: String, CodingKey {
        case addsPrefixSpace = "add_prefix_space"
        case splits = "use_regex"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            addsPrefixSpace: try container.decode(Bool.self, forKey: .addsPrefixSpace),
            splits: try container.decodeIfPresent(Bool.self, forKey: .splits) ?? true)
    }

    var leavingBytes: (any PreTokenizer)? {
        var result = self
        result.leavesBytes = true
        return result
    }

    func apply(to text: inout PreTokenizedText) {
        if addsPrefixSpace {
            text.rewrite { old, word, new in
                if old.bytes[word.lowerBound] != 0x20 { new.append(0x20, sourceOf: word.lowerBound, in: old) }
                new.append(old, word)
            }
        }
        if splits { text.split(Self.scanner.split) }
        guard !leavesBytes else { return }
        text.rewrite { old, word, new in
            for index in word {
                let character = ByteCharacters.shared.characters[Int(old.bytes[index])]
                if character < 0x80 {
                    new.append(UInt8(truncatingIfNeeded: character), sourceOf: index, in: old)
                } else {
                    new.append(UInt8(truncatingIfNeeded: character >> 6 | 0xC0), sourceOf: index, in: old)
                    new.append(UInt8(truncatingIfNeeded: character & 0x3F | 0x80), sourceOf: index, in: old)
                }
            }
        }
    }
}

/// GPT-2's printable characters for bytes.
struct ByteCharacters: Sendable {
    static let shared = ByteCharacters()

    /// The character for each byte; below 0x144.
    let characters: [UInt32]
    /// The byte for each character, or −1.
    let bytes: [Int16]

    private init() {
        var characters: [UInt32] = []
        var next: UInt32 = 0x100
        for byte in UInt32(0)..<256 {
            let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            characters.append(isPrintable ? byte : next)
            if !isPrintable { next += 1 }
        }
        var bytes = [Int16](repeating: -1, count: Int(next))
        for (byte, character) in characters.enumerated() { bytes[Int(character)] = Int16(byte) }
        self.characters = characters
        self.bytes = bytes
    }

    /// The characters for a run of bytes.
    func spelling(_ run: some Sequence<UInt8>) -> String {
        var result = String.UnicodeScalarView()
        for byte in run { if let scalar = Unicode.Scalar(characters[Int(byte)]) { result.append(scalar) } }
        return String(result)
    }
}
