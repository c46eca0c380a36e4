// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import Testing

@Suite struct ExactStringTests {
    /// Texts that Swift takes for equal and files do not.
    private static let pairs = [
        ("é", "e\u{301}"), ("K", "\u{212A}"), (";", "\u{37E}"), ("한", "\u{1112}\u{1161}\u{11AB}"),
    ]

    @Test(arguments: pairs)
    func equivalentTextsDiffer(_ a: String, _ b: String) {
        #expect(a == b)
        #expect(ExactString(a) != ExactString(b) && !a.isExactly(b))
        #expect(Set(exact: [a, b, a]).count == 2)
        var values: [ExactString: Int] = [:]
        values[a] = 1
        #expect(values[b] == nil)
        values[b, default: 5] += 1
        #expect(values[a] == 1 && values[b] == 6)
    }

    @Test func theOrderIsThatOfBytes() {
        #expect(
            [ExactString("e\u{301}"), "é", "z", "a"].sortedStrings.map { Array($0.utf8)[0] } == [
                0x61, 0x65, 0x7A, 0xC3,
            ])
    }

    @Test func prefixesAndSuffixesAreThoseOfBytes() {
        #expect("e\u{301}a".hasExactPrefix("e") && !"éa".hasExactPrefix("e"))
        #expect("ae\u{301}".hasExactSuffix("\u{301}") && !"aé".hasExactSuffix("\u{301}"))
        #expect("e\u{301}a".droppingExactPrefix("e")?.unicodeScalars.first == "\u{301}")
        #expect("abc".droppingExactPrefix("b") == nil)
    }
}
