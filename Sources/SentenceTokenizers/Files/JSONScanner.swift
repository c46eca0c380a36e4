// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Reads JSON byte by byte, for vocabularies too large for a general decoder and for finding positions in a file.
struct JSONScanner: ~Copyable {
    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var position: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    private func failure(_ expected: String) -> TokenizerError {
        let found = position < bytes.count ? "byte 0x\(String(bytes[position], radix: 16))" : "the end of the file"
        return TokenizerError(
            .malformedFile, "not valid JSON: found \(found) at offset \(position), expected \(expected)")
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    /// Consumes a byte if it comes next, after white space.
    @inline(__always)
    mutating func consume(_ byte: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(truncatingIfNeeded: byte.value) else { return false }
        position += 1
        return true
    }

    /// Whether a byte comes next, after white space.
    mutating func isNext(_ byte: Unicode.Scalar) -> Bool {
        skipSpace()
        return position < bytes.count && bytes[position] == UInt8(truncatingIfNeeded: byte.value)
    }

    @inline(__always)
    mutating func expect(_ byte: Unicode.Scalar) throws(TokenizerError) {
        guard consume(byte) else { throw failure("\"\(byte)\"") }
    }

    /// Reads a string and appends its unescaped bytes.
    mutating func string(into result: inout [UInt8]) throws(TokenizerError) {
        try expect("\"")
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 0x22 {
                position += 1
                return
            }
            if byte == 0x5C {
                try escape(&result)
            } else if byte < 0x20 {
                throw failure("a character that may stand in a string")
            } else {
                let start = position
                while position < bytes.count, bytes[position] >= 0x20, bytes[position] != 0x22, bytes[position] != 0x5C
                {
                    position += 1
                }
                result.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<position]))
            }
        }
        throw failure("the end of the string")
    }

    private mutating func skipString() throws(TokenizerError) {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case 0x22:
                position += 1
                return
            case 0x5C: position += 2
            default: position += 1
            }
        }
        position = bytes.count
        throw failure("the end of the string")
    }

    private mutating func escape(_ result: inout [UInt8]) throws(TokenizerError) {
        position += 1
        guard position < bytes.count else { throw failure("an escaped character") }
        let byte = bytes[position]
        let plain: [UInt8: UInt8] = [
            0x22: 0x22, 0x5C: 0x5C, 0x2F: 0x2F, 0x62: 8, 0x66: 12, 0x6E: 10, 0x72: 13, 0x74: 9,
        ]
        if let value = plain[byte] {
            result.append(value)
            position += 1
            return
        }
        guard byte == 0x75 else { throw failure("one of the escapes of JSON") }
        position += 1
        var code = try hexadecimal()
        if (0xD800..<0xDC00).contains(code) {
            guard position + 1 < bytes.count, bytes[position] == 0x5C, bytes[position + 1] == 0x75 else {
                throw failure("the second half of a surrogate pair")
            }
            position += 2
            let low = try hexadecimal()
            guard (0xDC00..<0xE000).contains(low) else { throw failure("a low surrogate before this") }
            code = 0x1_0000 + (code - 0xD800) << 10 + (low - 0xDC00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw failure("no lone surrogate before this") }
        result.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func hexadecimal() throws(TokenizerError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard position < bytes.count,
                let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue
            else { throw failure("four hexadecimal digits") }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    /// Reads `true` or `false`; nil if something else comes next.
    mutating func boolean() -> Bool? {
        skipSpace()
        for (word, value) in [("true", true), ("false", false)] {
            let end = position + word.utf8.count
            if end <= bytes.count, bytes[position..<end].elementsEqual(word.utf8),
                end == bytes.count || Self.endsScalar(bytes[end])
            {
                position = end
                return value
            }
        }
        return nil
    }

    /// Reads a non-negative integer.
    mutating func natural() throws(TokenizerError) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while position < bytes.count, bytes[position] &- 0x30 < 10 {
            value = min(value * 10 + Int(bytes[position] - 0x30), 1 << 53)
            position += 1
        }
        guard position > start, position == bytes.count || ![0x2E, 0x45, 0x65].contains(bytes[position]) else {
            throw failure("an integer of 0 or more")
        }
        return value
    }

    /// Reads a number.
    ///
    /// The reference's usual parser rounds twice, which scores must imitate; `isExact` asks for the nearest value.
    mutating func number(isExact: Bool) throws(TokenizerError) -> Double {
        skipSpace()
        let start = position
        let isNegative = position < bytes.count && bytes[position] == 0x2D
        if isNegative { position += 1 }
        var digits: UInt64 = 0
        var exponent = 0
        var count = 0
        var fraction = false
        while position < bytes.count {
            let byte = bytes[position]
            if byte &- 0x30 < 10 {
                let next = digits.multipliedReportingOverflow(by: 10)
                let sum = next.partialValue.addingReportingOverflow(UInt64(byte - 0x30))
                if next.overflow || sum.overflow || exponent > 0 {
                    // Further digits do not change the result.
                    if !fraction { exponent += 1 }
                } else {
                    digits = sum.partialValue
                    if fraction { exponent -= 1 }
                }
                count += 1
            } else if byte == 0x2E, !fraction, count > 0 {
                fraction = true
            } else {
                break
            }
            position += 1
        }
        guard count > 0 else { throw failure("a number") }
        if position < bytes.count, bytes[position] | 0x20 == 0x65 {
            position += 1
            let isBelow = position < bytes.count && bytes[position] == 0x2D
            if position < bytes.count, isBelow || bytes[position] == 0x2B { position += 1 }
            let power = min(try natural(), 10_000)
            exponent += isBelow ? -power : power
        }
        if isExact {
            let text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
            guard let value = Double(text) else { throw failure("a number") }
            return value
        }
        var value = Double(digits)
        while exponent != 0, value != 0, value.isFinite {
            let step = max(-308, min(308, exponent))
            value = step < 0 ? value / Self.powersOfTen[-step] : value * Self.powersOfTen[step]
            exponent -= step
        }
        return isNegative ? -value : value
    }

    private static let powersOfTen: [Double] = (0...308).map { Double("1e\($0)") ?? .infinity }

    /// Skips a value of any type, however deeply nested.
    mutating func skipValue() throws(TokenizerError) {
        var depth = 0
        repeat {
            skipSpace()
            guard position < bytes.count else { throw failure("a value") }
            switch bytes[position] {
            case 0x22:
                try skipString()
            case 0x7B, 0x5B:
                depth += 1
                position += 1
            case 0x7D, 0x5D:
                depth -= 1
                position += 1
            case 0x2C, 0x3A:
                guard depth > 0 else { throw failure("a value") }
                position += 1
            default:
                let start = position
                while position < bytes.count, !Self.endsScalar(bytes[position]) {
                    position += 1
                }
                guard position > start else { throw failure("a value") }
            }
        } while depth > 0
        guard depth == 0 else { throw failure("a value") }
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte == 0x2C || byte == 0x5D || byte == 0x7D || isSpace(byte)
    }

    /// Calls `body` before the value of each key of the object that comes next; it must read or skip the value.
    mutating func forEachKey(
        _ body: ([UInt8], inout JSONScanner) throws(TokenizerError) -> Void
    ) throws(TokenizerError) {
        try expect("{")
        if consume("}") { return }
        var name: [UInt8] = []
        repeat {
            name.removeAll(keepingCapacity: true)
            try string(into: &name)
            try expect(":")
            skipSpace()
            try body(name, &self)
        } while consume(",")
        try expect("}")
    }

    /// Finds the value of a key of the object that comes next and stops before it; false if the object has no such key.
    mutating func seek(_ key: String) throws(TokenizerError) -> Bool {
        try expect("{")
        if consume("}") { return false }
        var name: [UInt8] = []
        repeat {
            name.removeAll(keepingCapacity: true)
            try string(into: &name)
            try expect(":")
            skipSpace()
            if name.elementsEqual(key.utf8) { return true }
            try skipValue()
        } while consume(",")
        try expect("}")
        return false
    }
}
