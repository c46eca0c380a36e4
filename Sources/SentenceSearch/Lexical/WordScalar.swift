// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a scalar does in a text that is split into words.
enum WordScalar {
    /// A letter or digit.
    case letter
    /// A letter of a script that puts no spaces between words.
    case unspaced
    /// A mark that belongs to the letter before it.
    case mark
    /// An apostrophe, which joins two letters.
    case apostrophe
    /// Invisible, such as a soft hyphen: as if it were not there.
    case ignored
    /// Everything else, which separates words.
    case separator

    init(_ scalar: Unicode.Scalar) {
        let value = scalar.value
        if value == 0x27 || value == 0x2019 {
            self = .apostrophe
        } else if scalar.properties.isDefaultIgnorableCodePoint, !(0x115F...0x1160).contains(value) {
            self = .ignored
        } else if Self.vowelsAndFinals.contains(where: { $0.contains(value) }) {
            self = .mark
        } else {
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .letterNumber:
                self = Self.isUnspaced(scalar) ? .unspaced : .letter
            case .decimalNumber: self = .letter
            default: self = .separator
            }
        }
    }

    /// The parts of a Hangul syllable that follow its first consonant.
    private static let vowelsAndFinals: [ClosedRange<UInt32>] = [0x1160...0x11FF, 0xD7B0...0xD7FF]

    /// Thai, Lao, Tibetan, Myanmar, Hangul, Khmer, kana, Hangul and halfwidth forms, besides all ideographs.
    private static let unspacedRanges: [ClosedRange<UInt32>] = [
        0x0E00...0x0FFF, 0x1000...0x109F, 0x1100...0x11FF, 0x1780...0x17FF, 0x3040...0x30FF, 0x3130...0x318F,
        0x31F0...0x31FF, 0xA960...0xA97F, 0xAC00...0xD7FF, 0xFF66...0xFFDC, 0x1B000...0x1B16F,
    ]

    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        let value = scalar.value
        return value >= 0x0E00
            && (scalar.properties.isIdeographic || unspacedRanges.contains { $0.contains(value) })
    }
}

extension Unicode.Scalar {
    /// This scalar without differences of case: full case folding, by the mappings of upper and lower case.
    var caseFolded: String {
        let lower = properties.lowercaseMapping
        guard lower.unicodeScalars.contains(where: \.properties.changesWhenCaseFolded) else { return lower }
        // For example the final sigma and the German ß, which are lower case already.
        var folded = ""
        for scalar in lower.unicodeScalars {
            for upper in scalar.properties.uppercaseMapping.unicodeScalars {
                folded += upper.properties.lowercaseMapping
            }
        }
        return folded
    }

    /// The ASCII letter or digit of a fullwidth one, as East Asian texts have; else the scalar itself.
    var narrow: Unicode.Scalar {
        switch value {
        case 0xFF10...0xFF19, 0xFF21...0xFF3A, 0xFF41...0xFF5A: Unicode.Scalar(value - 0xFEE0) ?? self
        default: self
        }
    }
}

/// Which letters of Latin and Greek are others with an accent.
enum Accents {
    /// The letter without accents for one that has some, also strokes and hooks: "é" is "e", "ø" is "o".
    ///
    /// By the names of the scalars, which Unicode never changes: LATIN SMALL LETTER E WITH ACUTE.
    static let bases: [Unicode.Scalar: Unicode.Scalar] = {
        let ranges: [ClosedRange<UInt32>] = [0x61...0x7A, 0xDF...0x24F, 0x250...0x2AF, 0x370...0x3FF, 0x1E00...0x1FFF]
        let scalars = ranges.joined().compactMap(Unicode.Scalar.init)
        var names: [Substring: Unicode.Scalar] = [:]
        for scalar in scalars { if let name = scalar.properties.name { names[name[...]] = scalar } }
        var bases: [Unicode.Scalar: Unicode.Scalar] = [:]
        for scalar in scalars {
            guard let name = scalar.properties.name, let end = name.firstIndex(ofWord: " WITH "),
                let base = names[name[..<end]]
            else { continue }
            bases[scalar] = base
        }
        return bases
    }()

    /// The letters whose accents are left out.
    static let letters = Set(bases.keys).union(bases.values).union((0x61...0x7A).compactMap(Unicode.Scalar.init))

    /// Whether a scalar is an accent on its own; the iota below is a letter in other cases.
    static func contains(_ scalar: Unicode.Scalar) -> Bool {
        (0x300...0x36F).contains(scalar.value) && scalar.value != 0x345
    }
}

extension String {
    /// Where another text begins first.
    fileprivate func firstIndex(ofWord word: String) -> Index? {
        indices.first { self[$0...].hasPrefix(word) }
    }
}
