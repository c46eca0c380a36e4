// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceSearch
import Testing

@Suite("Words of texts")
struct WordSplitterTests {
    @Test(
        "Words of many scripts",
        arguments: [
            ("", []), (" \n", []), ("Hello, World!", ["hello", "world"]),
            ("don't 'quote' it's'", ["don't", "quote", "it's"]),
            ("rock’n’roll l’été", ["rock'n'roll", "l'été"]), ("a''b a'é", ["a", "b", "a'é"]),
            ("snake_case well-known 3.14 x86", ["snake", "case", "well", "known", "3", "14", "x86"]),
            ("STRASSE straße Straße", ["strasse", "strasse", "strasse"]), ("ΟΔΟΣ οδος οδός", ["οδοσ", "οδοσ", "οδόσ"]),
            ("ＡＢＣ１２３", ["abc123"]), ("co\u{AD}operate", ["cooperate"]), ("Привет, мир", ["привет", "мир"]),
            ("東京都に行く", ["東京", "京都", "都に", "に行", "行く"]), ("字 a字b", ["字", "a", "字", "b"]),
            ("コーヒー2杯", ["コー", "ーヒ", "ヒー", "2", "杯"]), ("한국어", ["한국", "국어"]), ("ภาษา", ["ภา", "าษ", "ษา"]),
            ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]), ("مرحبا بالعالم", ["مرحبا", "بالعالم"]), ("👍🏽 ok", ["ok"]),
        ] as [(String, [String])])
    func words(text: String, expected: [String]) {
        #expect(WordSplitter().words(text) == expected)
    }

    @Test(
        "Composed and decomposed texts give equal words, with accents and without",
        arguments: [
            ("Café", "Cafe\u{301}"), ("Việt Nam", "Vie\u{323}\u{302}t Nam"), ("ΆΛΦΑ", "Α\u{301}ΛΦΑ"),
            ("й ё", "и\u{306} е\u{308}"),
            ("ガギ", "カ\u{3099}キ\u{3099}"), ("한국어", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}\u{110B}\u{1165}"),
            ("ᾴ", "α\u{301}\u{345}"), ("İzmir", "I\u{307}zmir"), ("ϓ", "\u{3D2}\u{301}"),
            ("Ångström", "\u{212B}ngstro\u{308}m"),
        ])
    func normalization(composed: String, decomposed: String) {
        #expect(composed.unicodeScalars.elementsEqual(decomposed.unicodeScalars) == false)
        for removesAccents in [false, true] {
            let splitter = WordSplitter(removesAccents: removesAccents)
            #expect(splitter.words(composed) == splitter.words(decomposed))
            #expect(!splitter.words(composed).isEmpty)
        }
    }

    @Test("Accents, strokes and hooks of Latin and Greek are left out on request")
    func accents() {
        let splitter = WordSplitter(removesAccents: true)
        #expect(splitter.words("Éléphant Ærø Łódź Việt q\u{303}") == ["elephant", "æro", "lodz", "viet", "q"])
        #expect(splitter.words("άλφα ΐ й が") == ["αλφα", "ι", "й", "が"])
        #expect(WordSplitter().words("é") == ["é"] && splitter.words("é") == ["e"])
    }

    @Test("Stop words are left out, in any case, and the others replaced by their stems")
    func stopWords() {
        let splitter = WordSplitter(removesAccents: true, stopWords: ["The", "à"]) { word in
            word.hasSuffix("s") ? String(word.dropLast()) : word
        }
        #expect(splitter.words("The cats à THE s mat") == ["cat", "mat"])
        #expect(splitter.stopWords == ["The", "à"])
    }

    @Test("Any bytes can be split, and words do not depend on what is around them")
    func hostile() {
        var texts = [
            "'", "''''", "\u{301}\u{301}", "a\u{301}'\u{301}b", "\u{200D}\u{FE0F}", "\u{0}a\u{0}",
            "\u{10FFFF}\u{E0100}",
        ]
        texts += [String(decoding: [0xFF, 0x61, 0xC3, 0x28, 0xED, 0xA0, 0x80] as [UInt8], as: UTF8.self)]
        texts += [String(repeating: "e\u{301}", count: 100_000), String(repeating: "字'", count: 1000)]
        texts += stride(from: UInt32(0), to: 0x11_0000, by: 16).map { first in
            String(String.UnicodeScalarView((first..<first + 16).compactMap(Unicode.Scalar.init)))
        }.filter { !$0.isEmpty }
        for splitter in [WordSplitter(), WordSplitter(removesAccents: true)] {
            for text in texts {
                let words = splitter.words(text)
                #expect(words.allSatisfy { !$0.isEmpty })
                #expect(splitter.words(text + " é") == words + splitter.words("é"))
            }
        }
    }
}
