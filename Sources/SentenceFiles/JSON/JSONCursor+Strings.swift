// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension JSONCursor {
    /// Reads a string; nil if it contains half of a surrogate pair.
    package mutating func string() throws(JSONFlaw) -> String? {
        try expect("\"")
        let start = position
        // Most strings have no escapes.
        let plain = plainBytes()
        if takes("\"") { return String(decoding: plain, as: UTF8.self) }
        position = start - 1
        var text: [UInt8] = []
        return try string(into: &text, allowsHalves: true) ? String(decoding: text, as: UTF8.self) : nil
    }

    /// Reads a string and appends its unescaped bytes.
    ///
    /// - Parameters:
    ///   - text: The bytes to which those of the string are appended.
    ///   - allowsHalves: Whether half of a surrogate pair is skipped; otherwise it is an error.
    /// - Returns: Whether the string is complete: no half of a surrogate pair was skipped.
    /// - Throws: ``JSONFlaw`` if there is no string, or a broken one.
    @discardableResult
    package mutating func string(into text: inout [UInt8], allowsHalves: Bool = false) throws(JSONFlaw) -> Bool {
        try expect("\"")
        var isComplete = true
        while true {
            text.append(contentsOf: plainBytes())
            if takes("\"") { return isComplete }
            guard takes("\\") else { throw failure("the end of a string") }
            if let scalar = try escaped(allowsHalves) {
                text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            } else {
                isComplete = false
            }
        }
    }

    /// Skips the bytes of a string up to a quote, an escape, or what may not be in a string; returns them.
    private mutating func plainBytes() -> UnsafeBufferPointer<UInt8> {
        let start = position
        while position < bytes.count, bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\""),
            bytes[position] != UInt8(ascii: "\\")
        {
            position += 1
        }
        return UnsafeBufferPointer(rebasing: bytes[start..<position])
    }

    /// The character that follows a backslash; nil if it is half of a surrogate pair and these are allowed.
    private mutating func escaped(_ allowsHalves: Bool) throws(JSONFlaw) -> Unicode.Scalar? {
        if takes("u") { return try escapedUnit(allowsHalves) }
        let scalar: Unicode.Scalar
        switch next {
        case UInt8(ascii: "\""): scalar = "\""
        case UInt8(ascii: "\\"): scalar = "\\"
        case UInt8(ascii: "/"): scalar = "/"
        case UInt8(ascii: "b"): scalar = "\u{8}"
        case UInt8(ascii: "f"): scalar = "\u{C}"
        case UInt8(ascii: "n"): scalar = "\n"
        case UInt8(ascii: "r"): scalar = "\r"
        case UInt8(ascii: "t"): scalar = "\t"
        default: throw failure("an escape")
        }
        position += 1
        return scalar
    }

    /// The character of a `\u` escape, or of two that are a surrogate pair.
    private mutating func escapedUnit(_ allowsHalves: Bool) throws(JSONFlaw) -> Unicode.Scalar? {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        let end = position
        if unit < 0xDC00, takes("\\"), takes("u"), case let low = try codeUnit(), 0xDC00..<0xE000 ~= low {
            return Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        }
        // What follows is read by itself.
        position = end
        guard allowsHalves else {
            throw failure(unit < 0xDC00 ? "the second half of a surrogate pair" : "no lone surrogate before this")
        }
        return nil
    }

    /// Reads four hexadecimal digits.
    private mutating func codeUnit() throws(JSONFlaw) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch next {
            case let byte? where UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte: digit = byte - UInt8(ascii: "0")
            case let byte? where UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte | 0x20:
                digit = (byte | 0x20) - UInt8(ascii: "a") + 10
            default: throw failure("a hexadecimal digit")
            }
            unit = unit << 4 | UInt32(digit)
            position += 1
        }
        return unit
    }
}
