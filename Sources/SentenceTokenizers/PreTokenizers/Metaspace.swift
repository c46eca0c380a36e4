// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// SentencePiece's spaces: each becomes a visible character, one is added before the text, and words begin with it.
struct Metaspace: PreTokenizer {
    /// When to put the character before the text.
    enum Prepend: String, Decodable, Sendable {
        case always, never
        /// Only at the very beginning of the original text.
        case first
    }

    /// The character that replaces a space.
    static let space = "\u{2581}"

    let replacement: [UInt8]
    let prepend: Prepend
    let splits: Bool

    init(replacement: String = Metaspace.space, prepend: Prepend, splits: Bool = true) {
        self.replacement = Array(replacement.utf8)
        self.prepend = prepend
        self.splits = splits
    }

    private enum CodingKeys: String, CodingKey {
        case replacement, split
        case prepend = "prepend_scheme"
        case addsPrefixSpace = "add_prefix_space"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let replacement = try container.decode(String.self, forKey: .replacement)
        guard replacement.unicodeScalars.count == 1 else {
            throw TokenizerError(
                .malformedFile, "the replacement of Metaspace is \"\(replacement)\"; expected one character")
        }
        let prepend = try container.decodeIfPresent(Prepend.self, forKey: .prepend) ?? .always
        if try container.decodeIfPresent(Bool.self, forKey: .addsPrefixSpace) == false, prepend != .never {
            throw TokenizerError(
                .inconsistentTokenizer, "Metaspace has add_prefix_space false, but a prepend_scheme other than never")
        }
        self.init(
            replacement: replacement, prepend: prepend,
            splits: try container.decodeIfPresent(Bool.self, forKey: .split) ?? true)
    }

    var needsSources: Bool { prepend == .first }

    func apply(to text: inout PreTokenizedText) {
        text.rewrite { old, word, new in
            let first = word.lowerBound
            let begins = old.bytes[first] == 0x20 || isReplacement(old.bytes.base, first, word.upperBound)
            if !begins, prepend == .always || prepend == .first && old.originalStart(first) == 0 {
                new.append(replacement, sourceOf: first, in: old)
            }
            var done = first
            for index in word where old.bytes[index] == 0x20 {
                new.append(old, done..<index)
                new.append(replacement, sourceOf: index, in: old)
                done = index + 1
            }
            new.append(old, done..<word.upperBound)
        }
        guard splits else { return }
        text.split { bytes, word, words in
            var start = word.start
            var index = word.range.lowerBound
            while index < word.range.upperBound {
                if isReplacement(bytes, index, word.range.upperBound) {
                    if Int(start) < index { words.append(WordRange(start: start, end: Int32(index))) }
                    start = Int32(index)
                    index += replacement.count
                } else {
                    index += 1
                }
            }
            words.append(WordRange(start: start, end: word.end))
        }
    }

    private func isReplacement(_ bytes: UnsafePointer<UInt8>, _ index: Int, _ limit: Int) -> Bool {
        guard bytes[index] == replacement[0], index + replacement.count <= limit else { return false }
        for offset in 1..<max(1, replacement.count) where bytes[index + offset] != replacement[offset] { return false }
        return true
    }
}
