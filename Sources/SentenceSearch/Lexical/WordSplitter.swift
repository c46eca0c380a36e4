// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Splits texts of any language into words for lexical search.
///
/// - A word is a run of letters, marks and digits; an apostrophe between two of them belongs to it ("don't"). Everything
///   else separates words, hyphens and underscores too.
/// - Words are without differences of case ("STRASSE" and "straße" are one word), with ASCII letters for fullwidth ones,
///   and without invisible characters such as soft hyphens.
/// - Scripts without spaces between words, and Hangul, whose words have endings attached, give all pairs of neighbouring
///   letters (with their marks); a single letter gives itself: 東京都 gives 東京 and 京都. That is for Han, kana, Hangul,
///   Thai, Lao, Tibetan, Khmer and Myanmar.
/// - Canonically equivalent texts (composed and decomposed) give words that are equal as Swift strings.
///
/// No dictionary or model is involved, and any text can be split.
public struct WordSplitter: Sendable {
    /// Whether letters of Latin and Greek lose their accents, strokes and hooks: "é" becomes "e", "ø" becomes "o".
    public let removesAccents: Bool
    /// Words to leave out, as this splitter gives them before stemming.
    public private(set) var stopWords: [String]
    /// What replaces a word, for example by its stem; a word replaced by an empty one is left out.
    public var stem: (@Sendable (String) -> String)?

    /// The stop words as texts have them.
    private var leftOut: Set<String> = []

    /// A splitter.
    ///
    /// - Parameters:
    ///   - removesAccents: Whether letters of Latin and Greek lose their accents, strokes and hooks.
    ///   - stopWords: Words to leave out, in any case.
    ///   - stem: What replaces a word after stop words have been left out.
    public init(
        removesAccents: Bool = false, stopWords: [String] = [], stem: (@Sendable (String) -> String)? = nil
    ) {
        self.removesAccents = removesAccents
        self.stopWords = stopWords
        self.stem = stem
        // Split like texts, so that they are equal to what is found there.
        if !stopWords.isEmpty {
            leftOut = Set(stopWords.flatMap(WordSplitter(removesAccents: removesAccents).words))
        }
    }

    /// The words of a text, in order, repeated ones each time.
    public func words(_ text: String) -> [String] {
        var words: [String] = []
        forEachWord(of: text) { words.append($0) }
        return words
    }

    /// Calls `body` with each word of a text.
    func forEachWord(of text: String, _ body: (String) -> Void) {
        var text = text
        func accept(_ word: String) {
            guard leftOut.isEmpty || !leftOut.contains(word) else { return }
            guard let stem else { return body(word) }
            let stemmed = stem(word)
            if !stemmed.isEmpty { body(stemmed) }
        }
        text.withUTF8 { bytes in
            if bytes.allSatisfy({ $0 < 0x80 }) {
                Self.splitASCII(bytes, accept)
            } else {
                split(bytes, accept)
            }
        }
    }

    /// The same rules for ASCII alone, which most texts are.
    private static func splitASCII(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (String) -> Void) {
        func isLetter(_ byte: UInt8) -> Bool {
            (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte)
        }
        var place = 0
        while place < bytes.count {
            guard isLetter(bytes[place]) else {
                place += 1
                continue
            }
            let start = place
            repeat {
                place += 1
            } while place < bytes.count
                && (isLetter(bytes[place])
                    || bytes[place] == 0x27 && place + 1 < bytes.count && isLetter(bytes[place + 1]))
            body(
                String(unsafeUninitializedCapacity: place - start) { word in
                    for index in 0..<place - start {
                        let byte = bytes[start + index]
                        word[index] = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
                    }
                    return place - start
                })
        }
    }

    /// Splits any text, which is UTF-8.
    private func split(_ bytes: UnsafeBufferPointer<UInt8>, _ body: (String) -> Void) {
        var run = WordRun(removesAccents: removesAccents)
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars { run.append(scalar.narrow, body) }
        run.end(body)
    }
}

/// The word, or the run of unspaced letters, that is being read.
private struct WordRun {
    let removesAccents: Bool
    /// The letters of a word so far.
    private var word = String.UnicodeScalarView()
    /// Whether an apostrophe follows the word, which belongs to it if a letter comes next.
    private var hasApostrophe = false
    /// Whether accents that follow are left out.
    private var dropsAccents = false
    /// The last letter of a run of unspaced letters, and the one before it.
    private var last = "", previous = ""

    init(removesAccents: Bool) { self.removesAccents = removesAccents }

    /// Reads a scalar.
    mutating func append(_ scalar: Unicode.Scalar, _ body: (String) -> Void) {
        switch WordScalar(scalar) {
        case .letter:
            endUnspaced(body)
            if hasApostrophe { word.append("'") }
            hasApostrophe = false
            append(letter: scalar)
        case .unspaced:
            endWord(body)
            if !last.isEmpty {
                if !previous.isEmpty { body(previous + last) }
                previous = last
            }
            last = String(scalar)
        case .mark:
            if !last.isEmpty {
                last.unicodeScalars.append(scalar)
            } else if hasApostrophe {
                endWord(body)
            } else if !word.isEmpty, !(dropsAccents && Accents.contains(scalar)) {
                word.append(contentsOf: scalar.caseFolded.unicodeScalars)
            }
        case .apostrophe:
            endUnspaced(body)
            if hasApostrophe { endWord(body) }
            hasApostrophe = !word.isEmpty
        case .ignored: break
        case .separator: end(body)
        }
    }

    /// Ends what is being read.
    mutating func end(_ body: (String) -> Void) {
        endWord(body)
        endUnspaced(body)
    }

    private mutating func append(letter: Unicode.Scalar) {
        for folded in letter.caseFolded.unicodeScalars {
            guard removesAccents else {
                word.append(folded)
                continue
            }
            if dropsAccents, Accents.contains(folded) { continue }
            dropsAccents = Accents.letters.contains(folded)
            word.append(Accents.bases[folded] ?? folded)
        }
    }

    private mutating func endWord(_ body: (String) -> Void) {
        if !word.isEmpty { body(String(word)) }
        word = String.UnicodeScalarView()
        (hasApostrophe, dropsAccents) = (false, false)
    }

    private mutating func endUnspaced(_ body: (String) -> Void) {
        if !last.isEmpty { body(previous + last) }
        (last, previous) = ("", "")
    }
}
