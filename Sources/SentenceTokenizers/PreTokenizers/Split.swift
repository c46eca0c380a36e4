// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What to do with the matches of the pattern that a text is split with.
enum SplitBehavior: String, Decodable, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"

    /// Appends the words of a text that is completely covered by matches and the parts between them.
    func append(
        _ parts: borrowing GrowingBuffer<SplitPart>, to words: inout GrowingBuffer<WordRange>
    ) {
        let first = words.count
        var lastMatched = false
        switch self {
        case .removed:
            for index in 0..<parts.count where !parts[index].isMatch { words.append(parts[index].range) }
        case .isolated:
            for index in 0..<parts.count { words.append(parts[index].range) }
        case .contiguous, .mergedWithPrevious:
            for index in 0..<parts.count {
                let part = parts[index]
                let joins = self == .contiguous ? part.isMatch == lastMatched : part.isMatch && !lastMatched
                if joins, words.count > first {
                    words[words.count - 1].end = part.range.end
                } else {
                    words.append(part.range)
                }
                lastMatched = part.isMatch
            }
        case .mergedWithNext:
            for index in 0..<parts.count {
                let part = parts[index]
                // A match joins the part that follows, unless that is a match too.
                if lastMatched, !part.isMatch, words.count > first {
                    words[words.count - 1].end = part.range.end
                } else {
                    words.append(part.range)
                }
                lastMatched = part.isMatch
            }
        }
        // Patterns may match the empty string, which is not a word.
        var kept = first
        for index in first..<words.count where words[index].start < words[index].end {
            words[kept] = words[index]
            kept += 1
        }
        words.truncate(to: kept)
    }
}

/// A match, or the text between two matches.
struct SplitPart: BitwiseCopyable {
    var range: WordRange
    var isMatch: Bool
}

/// Splits with a pattern.
struct Split: PreTokenizer {
    private let pattern: any TextPattern
    private let behavior: SplitBehavior
    /// Whether the matches are the words and the parts between them the delimiters.
    private let inverts: Bool

    init(_ pattern: any TextPattern, _ behavior: SplitBehavior, inverts: Bool = false) {
        self.pattern = pattern
        self.behavior = behavior
        self.inverts = inverts
    }

    private enum CodingKeys: String, CodingKey {
        case pattern, behavior, invert
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(PatternFile.self, forKey: .pattern).pattern(),
            try container.decode(SplitBehavior.self, forKey: .behavior),
            inverts: try container.decode(Bool.self, forKey: .invert))
    }

    func apply(to text: inout PreTokenizedText) {
        // The common case: every match is a word, and there is nothing between the matches.
        if let scanner = pattern as? WordScanner,
            scanner.style.skipsSpace ? behavior == .removed && inverts : behavior == .isolated
        {
            text.split(scanner.split)
            return
        }
        var parts = GrowingBuffer<SplitPart>()
        var failure: TokenizerError?
        text.split { bytes, word, words in
            parts.removeAll()
            var done = word.start
            let error = pattern.forEachMatch(bytes, word.range) { match in
                let range = WordRange(start: Int32(match.lowerBound), end: Int32(match.upperBound))
                if done < range.start {
                    parts.append(SplitPart(range: WordRange(start: done, end: range.start), isMatch: inverts))
                }
                parts.append(SplitPart(range: range, isMatch: !inverts))
                done = range.end
            }
            if failure == nil { failure = error }
            if done < word.end {
                parts.append(SplitPart(range: WordRange(start: done, end: word.end), isMatch: inverts))
            }
            behavior.append(parts, to: &words)
        }
        if let failure { text.text.fail(failure) }
    }
}

extension PreTokenizedText {
    /// Splits at scalars that have a property.
    mutating func split(_ behavior: SplitBehavior, where matches: (UInt32) -> Bool) {
        var parts = GrowingBuffer<SplitPart>()
        split { bytes, word, words in
            parts.removeAll()
            var done = word.start
            var index = word.start
            while index < word.end {
                let (scalar, length) = UTF8Scalars.decode(bytes, Int(index))
                let end = index + Int32(length)
                if matches(scalar) {
                    if done < index {
                        parts.append(SplitPart(range: WordRange(start: done, end: index), isMatch: false))
                    }
                    parts.append(SplitPart(range: WordRange(start: index, end: end), isMatch: true))
                    done = end
                }
                index = end
            }
            if done < word.end {
                parts.append(SplitPart(range: WordRange(start: done, end: word.end), isMatch: false))
            }
            behavior.append(parts, to: &words)
        }
    }
}
