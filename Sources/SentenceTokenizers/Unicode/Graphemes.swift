// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Grapheme boundaries, as far as character maps need them.
///
/// The rules of Unicode Standard Annex 29 except those for emoji and Indic conjuncts: what these join is too long to be
/// looked up in a map.
enum Graphemes {
    /// The end of the grapheme that begins at `start`.
    static func end(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ limit: Int) -> Int {
        var (scalar, length) = UTF8Scalars.decode(bytes, start)
        var index = start + length
        if scalar == 0x0D { return index < limit && bytes[index] == 0x0A ? index + 1 : index }
        var properties = ScalarProperties(scalar)
        while index < limit, !properties.isControl {
            // Plain text: an ASCII character begins a grapheme.
            if bytes[index] < 0x80, !properties.prependsGrapheme { return index }
            let (next, nextLength) = UTF8Scalars.decode(bytes, index)
            let nextProperties = ScalarProperties(next)
            let joins =
                nextProperties.extendsGrapheme || properties.prependsGrapheme && !nextProperties.isControl
                || joinsHangul(scalar, next)
            if !joins { break }
            index += nextLength
            (scalar, length, properties) = (next, nextLength, nextProperties)
        }
        return index
    }

    private static func joinsHangul(_ first: UInt32, _ second: UInt32) -> Bool {
        func isLead(_ c: UInt32) -> Bool { (0x1100...0x115F).contains(c) || (0xA960...0xA97C).contains(c) }
        func isVowel(_ c: UInt32) -> Bool { (0x1160...0x11A7).contains(c) || (0xD7B0...0xD7C6).contains(c) }
        func isTail(_ c: UInt32) -> Bool { (0x11A8...0x11FF).contains(c) || (0xD7CB...0xD7FB).contains(c) }
        guard (0x1100...0xD7FB).contains(second) else { return false }
        let isSyllable = (0xAC00...0xD7A3).contains(first)
        if isLead(first) { return isLead(second) || isVowel(second) || (0xAC00...0xD7A3).contains(second) }
        let isOpen = isSyllable && (first - 0xAC00) % 28 == 0
        if isVowel(first) || isOpen { return isVowel(second) || isTail(second) }
        return (isTail(first) || isSyllable) && isTail(second)
    }
}
