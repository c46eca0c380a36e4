// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension JSONParser {
    /// A string with its quotes.
    mutating func string() throws(Flaw) -> String {
        position += 1
        var start = position
        var text = ""
        while let byte = next, byte >= 0x20 {
            guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            text += String(decoding: bytes[start..<position], as: UTF8.self)
            position += 1
            if byte == UInt8(ascii: "\"") { return text }
            text.unicodeScalars.append(try escaped())
            start = position
        }
        throw unexpected("the end of a string")
    }

    /// What stands behind a backslash.
    private mutating func escaped() throws(Flaw) -> Unicode.Scalar {
        guard let byte = next else { throw unexpected("an escape") }
        guard byte != UInt8(ascii: "u") else {
            let unit = try codeUnit()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            guard unit < 0xDC00, takes("\\"), case let low = try codeUnit(), 0xDC00..<0xE000 ~= low,
                let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            else { throw Flaw("half of a pair of \"\\u\" stands alone before byte \(position)") }
            return scalar
        }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        default: throw Flaw("expected an escape at byte \(position - 1)")
        }
    }

    /// The four digits behind `\`, with the `u` before them.
    private mutating func codeUnit() throws(Flaw) -> UInt32 {
        guard takes("u") else { throw unexpected("the other half of a pair of \"\\u\"") }
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = next.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else {
                throw unexpected("a hexadecimal digit")
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }
}
