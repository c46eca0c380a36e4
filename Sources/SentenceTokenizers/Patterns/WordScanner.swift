// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Hand-written scanners for the regular expressions that nearly all byte-level tokenizers split with.
///
/// The expressions are recognised by their exact text, and their alternatives are tried in order.
struct WordScanner: TextPattern {
    /// The ways in which these expressions differ.
    struct Style: Sendable, Equatable {
        /// Whether contractions match in any case.
        var ignoresCase = false
        /// Whether any character except a line end, letter or number may begin a word, instead of only a space.
        var takesAnyLead = false
        /// The largest number of digits in a word; 0 for any number.
        var digits = 0
        /// Whether marks count as letters.
        var joinsMarks = false
        /// Whether white space between words is dropped instead of joined to them (CLIP).
        var skipsSpace = false
        /// Whether CLIP's two special tokens are alternatives of the expression.
        var takesSpecials = false
    }

    let style: Style
    private let wordCategories: ScalarCategories
    /// The kind of each ASCII byte.
    private let ascii: [UInt8]

    private static let letter: UInt8 = 0
    private static let number: UInt8 = 1
    private static let other: UInt8 = 2
    private static let space: UInt8 = 3
    private static let lineEnd: UInt8 = 4

    private static let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    private static let contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
    private static let tail = #"|\s*[\r\n]+|\s+(?!\S)|\s+"#
    private static let clip = #"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"#

    /// The expressions, each with its style.
    private static let known: [String: Style] = {
        var table: [String: Style] = [
            gpt2: Style(), clip: Style(digits: 1, skipsSpace: true),
            #"<\|startoftext\|>|<\|endoftext\|>|"# + clip: Style(digits: 1, skipsSpace: true, takesSpecials: true),
        ]
        for (digits, limit) in [(#"\p{N}"#, 1), (#"\p{N}{1,3}"#, 3), (#"\p{N}+"#, 0)] {
            let middle = #"|"# + digits + #"| ?[^\s\p{L}\p{N}]+[\r\n]*"#
            table[contractions + #"|[^\r\n\p{L}\p{N}]?\p{L}+"# + middle + tail] = Style(
                ignoresCase: true, takesAnyLead: true, digits: limit)
            let withMarks = #"|"# + digits + #"| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*"#
            table[contractions + #"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+"# + withMarks + tail] = Style(
                ignoresCase: true, takesAnyLead: true, digits: limit, joinsMarks: true)
        }
        return table
    }()

    /// The scanner for an expression; nil for expressions without one.
    init?(pattern: String) {
        guard let style = Self.known[pattern] else { return nil }
        self.init(style)
    }

    init(_ style: Style) {
        self.style = style
        wordCategories = style.joinsMarks ? [.letters, .marks] : .letters
        ascii = (0..<128).map { Self.kind(ScalarProperties($0), $0, .letters) }
    }

    private static func kind(_ properties: ScalarProperties, _ scalar: UInt32, _ words: ScalarCategories) -> UInt8 {
        let category = properties.category
        if !category.isDisjoint(with: words) { return letter }
        if !category.isDisjoint(with: .numbers) { return number }
        if scalar == 0x0A || scalar == 0x0D { return lineEnd }
        return properties.isPatternSpace ? space : other
    }

    @discardableResult
    func forEachMatch(
        _ bytes: UnsafePointer<UInt8>, _ range: Range<Int>, _ body: (Range<Int>) -> Void
    ) -> TokenizerError? {
        ascii.withUnsafeBufferPointer { table in
            guard let base = table.baseAddress else { return }
            let cursor = Cursor(bytes: bytes, limit: range.upperBound, ascii: base, words: wordCategories)
            var index = range.lowerBound
            while index < range.upperBound {
                if style.skipsSpace {
                    let (kind, length) = cursor.kind(at: index)
                    if kind >= Self.space {
                        index += length
                        continue
                    }
                }
                let end = self.end(index, cursor)
                body(index..<end)
                index = end
            }
        }
        return nil
    }

    /// Appends the words of a piece: all matches, which cover it.
    func split(_ bytes: UnsafePointer<UInt8>, _ piece: WordRange, into words: inout GrowingBuffer<WordRange>) {
        forEachMatch(bytes, piece.range) { range in
            words.append(WordRange(start: Int32(range.lowerBound), end: Int32(range.upperBound)))
        }
    }

    /// The text, with what is needed to classify its characters.
    private struct Cursor {
        let bytes: UnsafePointer<UInt8>
        let limit: Int
        let ascii: UnsafePointer<UInt8>
        let words: ScalarCategories

        /// The kind of the scalar at a position before the limit, and its length.
        @inline(__always)
        func kind(at index: Int) -> (kind: UInt8, length: Int) {
            let byte = bytes[index]
            if byte < 0x80 { return (ascii[Int(byte)], 1) }
            let (scalar, length) = UTF8Scalars.decode(bytes, index)
            return (WordScanner.kind(ScalarProperties(scalar), scalar, words), length)
        }

        /// Where the run of one kind that begins at `index` ends.
        @inline(__always)
        func endOfRun(_ index: Int, _ wanted: UInt8) -> Int {
            var index = index
            while index < limit {
                let (kind, length) = kind(at: index)
                if kind != wanted { break }
                index += length
            }
            return index
        }
    }

    /// Where the match that begins at `start` ends.
    private func end(_ start: Int, _ cursor: Cursor) -> Int {
        let byte = cursor.bytes[start]
        if byte == UInt8(ascii: "'"), let end = endOfContraction(start, cursor) { return end }
        if style.takesSpecials, byte == UInt8(ascii: "<"), let end = endOfSpecial(start, cursor) { return end }
        let (kind, length) = cursor.kind(at: start)
        if style.takesAnyLead, kind == Self.other || kind == Self.space, start + length < cursor.limit,
            cursor.kind(at: start + length).kind == Self.letter
        {
            return cursor.endOfRun(start + length, Self.letter)
        }
        switch kind {
        case Self.letter: return cursor.endOfRun(start, kind)
        case Self.number: return endOfNumber(start, cursor)
        case Self.other: return endOfOthers(start, cursor)
        default: return endOfSpace(start, cursor)
        }
    }

    private func endOfNumber(_ start: Int, _ cursor: Cursor) -> Int {
        if style.digits == 0 { return cursor.endOfRun(start, Self.number) }
        var index = start
        for _ in 0..<style.digits where index < cursor.limit {
            let (kind, length) = cursor.kind(at: index)
            if kind != Self.number { break }
            index += length
        }
        return index
    }

    private func endOfOthers(_ start: Int, _ cursor: Cursor) -> Int {
        var end = cursor.endOfRun(start, Self.other)
        if style.takesAnyLead { end = cursor.endOfRun(end, Self.lineEnd) }
        return end
    }

    /// White space, or a space together with what may follow it in one word.
    private func endOfSpace(_ start: Int, _ cursor: Cursor) -> Int {
        if cursor.bytes[start] == 0x20, start + 1 < cursor.limit {
            let kind = cursor.kind(at: start + 1).kind
            if kind == Self.other { return endOfOthers(start + 1, cursor) }
            if !style.takesAnyLead, kind <= Self.number { return cursor.endOfRun(start + 1, kind) }
        }
        var end = start
        var last = start
        var afterLineEnd: Int?
        while end < cursor.limit {
            let (kind, length) = cursor.kind(at: end)
            if kind < Self.space { break }
            last = end
            end += length
            if kind == Self.lineEnd { afterLineEnd = end }
        }
        if style.takesAnyLead, let afterLineEnd { return afterLineEnd }
        // The last one belongs to the word that follows, unless it is the only one.
        return end == cursor.limit || last == start ? end : last
    }

    private func endOfContraction(_ start: Int, _ cursor: Cursor) -> Int? {
        func letter(_ index: Int) -> UInt8 {
            guard index < cursor.limit else { return 0 }
            let byte = cursor.bytes[index]
            return style.ignoresCase && byte &- 0x41 < 26 ? byte | 0x20 : byte
        }
        switch letter(start + 1) {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        case UInt8(ascii: "r") where letter(start + 2) == UInt8(ascii: "e"): return start + 3
        case UInt8(ascii: "v") where letter(start + 2) == UInt8(ascii: "e"): return start + 3
        case UInt8(ascii: "l") where letter(start + 2) == UInt8(ascii: "l"): return start + 3
        // The long s is an s with another case.
        case 0xC5 where style.ignoresCase && letter(start + 2) == 0xBF: return start + 3
        default: return nil
        }
    }

    private static let specials = ["<|startoftext|>", "<|endoftext|>"].map { Array($0.utf8) }

    private func endOfSpecial(_ start: Int, _ cursor: Cursor) -> Int? {
        for special in Self.specials where start + special.count <= cursor.limit {
            if special.withUnsafeBufferPointer({ buffer in
                buffer.baseAddress.map { TokenTable.equal($0, cursor.bytes + start, buffer.count) } ?? false
            }) {
                return start + special.count
            }
        }
        return nil
    }
}
