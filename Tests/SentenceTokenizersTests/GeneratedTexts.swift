// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Texts of all kinds from a number: the same as Tests/Fixtures/generators/_texts.py makes.
struct GeneratedCase {
    var text: String
    var pair: String?
    var maxLength: Int?
    var strategy: String
    var direction: String
    var special: Bool

    /// Makes one call of the tokenizer.
    ///
    /// Every second has a pair, every second of each is cut.
    init(seed: UInt64, index: Int, hasMoreSpecials: Bool = false) {
        let specials = hasMoreSpecials ? Self.moreSpecials : Self.specials
        var random = SplitMix64(state: seed &+ UInt64(index))
        text = Self.text(&random, specials)
        pair = index % 4 >= 2 ? Self.text(&random, specials) : nil
        maxLength = index % 2 == 1 ? 3 + random.below(30) : nil
        strategy = random.pick(["longest_first", "longest_first", "only_first", "only_second"])
        direction = random.pick(["right", "right", "left"])
        special = random.below(8) != 0
    }

    private static func text(_ random: inout SplitMix64, _ specials: [String]) -> String {
        var result = String.UnicodeScalarView()
        for _ in 0..<random.below(14) {
            result.append(contentsOf: piece(&random, specials).compactMap(Unicode.Scalar.init))
            if random.below(4) != 0 { result.append(" ") }
        }
        return String(result)
    }

    private static func many(_ count: Int, _ next: () -> UInt32) -> [UInt32] {
        (0..<count).map { _ in next() }
    }

    private static func piece(_ random: inout SplitMix64, _ specials: [String]) -> [UInt32] {
        switch random.below(16) {
        case 0..<5:
            var scalars = random.pick(words).unicodeScalars.map(\.value)
            if random.below(4) == 0, (0x61...0x7A).contains(scalars[0]) { scalars[0] -= 0x20 }
            return scalars
        case 5: return many(1 + random.below(8)) { random.within((0x20, 0x7E)) }
        case 6:
            let script = random.pick(scripts)
            return many(1 + random.below(8)) { random.within(script) }
        case 7:
            var result = [random.within(random.pick(letters))]
            for _ in 0..<1 + random.below(5) { result.append(random.within(random.pick(marks))) }
            return result
        case 8:
            var result = [random.pick(emoji)]
            for _ in 0..<random.below(4) {
                result.append(random.pick([0x200D, 0xFE0F]))
                result.append(random.pick(emoji))
            }
            return result
        case 9: return random.pick(specials).unicodeScalars.map(\.value)
        case 10: return many(1 + random.below(4)) { random.pick(spaces) }
        case 11:
            return many(1 + random.below(6)) {
                let code = UInt32(random.below(0x11_0000))
                return (0xD800...0xDFFF).contains(code) ? 0x41 : code
            }
        case 12:
            let script = random.pick(dense)
            return many(1 + random.below(6)) { random.within(script) }
        case 13:
            let scalar = random.pick([0x61, 0xE9, 0x416, 0x0E01] as [UInt32])
            return [UInt32](repeating: scalar, count: 95 + random.below(12))
        case 14:
            return many(1 + random.below(7)) { random.pick([0x30, 0x31, 0x39, 0x2E, 0x2C, 0x2D, 0x24, 0x25]) }
        default:
            let bounds = random.pick(marks)
            return many(1 + random.below(4)) { random.within(bounds) }
        }
    }

    private static let words = """
        the of and to in a is that for it was on are as with be by this have from or one had not but what all were when \
        we there can an your which their said if do will each about how up out them then she many some so these would \
        other into has more her two like him see time could no make than first been its who now people my made over did \
        down only way find use may water long little very after words called just where most know embedding \
        transformers tokenization unbelievable internationalization don't it's naïve café Zürich São Ångström İstanbul \
        ΣΊΣΥΦΟΣ Straße ﬁnance Ⅻ ½ ǅ
        """.split(separator: " ").map(String.init)
    private static let specials = [
        "[CLS]", "[SEP]", "[MASK]", "[UNK]", "[PAD]", "[mask]", "[ CLS ]", "##ing", "##", "[[SEP]]", "[unused1]",
        "<ent>", "<s>", "</s>", "[NEW]", "new token",
    ]
    private static let moreSpecials =
        specials + [
            "<|endoftext|>", "<|startoftext|>", "<mask>", "  <mask>", "<pad>",
            "<unk>", "\u{2581}", "\u{2581}\u{2581}a", "\u{120}", "'S", "'\u{17F}", "'ll", "'RE", "\r\n", "\n\n", "  ",
            "   x",
            "<0x41>", "</w>", "<extra_id_5>", "``", "''", "\u{2167}\u{663}\u{B2}", "\u{A9}\u{300}", "\u{2460}\u{301}",
            "x\u{0}y", "\u{1100}\u{1161}\u{11A8}\u{300}",
        ]
    private static let scripts: [(UInt32, UInt32)] = [
        (0x00A0, 0x024F), (0x0250, 0x02FF), (0x0370, 0x03FF), (0x0400, 0x052F), (0x0530, 0x058F), (0x0590, 0x05FF),
        (0x0600, 0x06FF), (0x0700, 0x074F), (0x0900, 0x097F), (0x0980, 0x09FF), (0x0B80, 0x0BFF), (0x0E00, 0x0E7F),
        (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x10A0, 0x10FF), (0x1100, 0x11FF), (0x13A0, 0x13FF), (0x1780, 0x17FF),
        (0x1B00, 0x1B7F), (0x1E00, 0x1EFF), (0x1F00, 0x1FFF), (0x2000, 0x206F), (0x2070, 0x209F), (0x2100, 0x214F),
        (0x2C00, 0x2C5F), (0x3000, 0x30FF), (0xA640, 0xA69F), (0xF900, 0xFAFF), (0xFB00, 0xFB4F), (0xFE00, 0xFFFF),
        (0x10400, 0x1044F), (0x11000, 0x1107F), (0x1D100, 0x1D1FF), (0x1D400, 0x1D4FF), (0x2F800, 0x2FA1F),
    ]
    private static let marks: [(UInt32, UInt32)] = [
        (0x0300, 0x036F), (0x0591, 0x05BD), (0x064B, 0x0655), (0x0E31, 0x0E3A), (0x0F71, 0x0F84), (0x1DC0, 0x1DFF),
        (0x20D0, 0x20F0), (0x302A, 0x302F), (0x1D165, 0x1D172), (0x0334, 0x0338), (0x0CC0, 0x0CD6), (0x1B34, 0x1B44),
    ]
    private static let letters: [(UInt32, UInt32)] = [(0x41, 0x5A), (0x61, 0x7A), (0xC0, 0xFF), (0x1EA0, 0x1EF9)]
    private static let dense: [(UInt32, UInt32)] = [
        (0x4E00, 0x9FFF), (0xAC00, 0xD7A3), (0x3041, 0x3096), (0x20000, 0x2A6DF),
    ]
    private static let emoji: [UInt32] = [
        0x1F600, 0x1F468, 0x1F469, 0x1F467, 0x1F3FD, 0x2764, 0x1F1E9, 0x1F1EA, 0x1F680, 0x2600,
    ]
    private static let spaces: [UInt32] = [
        0x20, 0x09, 0x0A, 0x0D, 0xA0, 0x2003, 0x3000, 0x200B, 0x00, 0x01, 0x7F, 0x85, 0x2028, 0xFEFF, 0xFFFD, 0xAD,
    ]
}

/// Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

    mutating func within(_ bounds: (UInt32, UInt32)) -> UInt32 {
        bounds.0 + UInt32(below(Int(bounds.1 - bounds.0) + 1))
    }
}
