// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension JSONParser {
    /// A string, including its quotes.
    mutating func string() throws(Flaw) -> JSONValue {
        position += 1
        let first = position
        var start = position
        var text = "", isBroken = false
        while let byte = next, byte >= 0x20 {
            guard byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            text += String(decoding: bytes[start..<position], as: UTF8.self)
            position += 1
            if byte == UInt8(ascii: "\"") {
                let spelling = bytes[first..<position - 1]
                return isBroken ? .brokenString(String(decoding: spelling, as: UTF8.self)) : .string(text)
            }
            if let scalar = try escaped() { text.unicodeScalars.append(scalar) } else { isBroken = true }
            start = position
        }
        throw unexpected("the end of a string")
    }

    /// The character that follows a backslash; nil if it is half of a surrogate pair.
    private mutating func escaped() throws(Flaw) -> Unicode.Scalar? {
        guard let byte = next else { throw unexpected("an escape") }
        guard byte != UInt8(ascii: "u") else {
            let unit = try codeUnit()
            if let scalar = Unicode.Scalar(unit) { return scalar }
            let behind = position
            if unit < 0xDC00, takes("\\"), next == UInt8(ascii: "u"), case let low = try codeUnit(),
                0xDC00..<0xE000 ~= low
            {
                return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
            }
            // If the other half does not follow, this one is kept by itself.
            position = behind
            return nil
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

    /// The four digits of a `\u` escape, read from its `u` on.
    private mutating func codeUnit() throws(Flaw) -> UInt32 {
        position += 1
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
