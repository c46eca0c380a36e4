// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

// Vocabularies are too large for a tree of values, so they are read value by value.
extension JSONCursor {
    /// Moves to the next member of an object and reads its key, so that the value comes next; nil after the last.
    mutating func key(in object: inout JSONList) throws(JSONFlaw) -> ExactString? {
        guard try next(in: &object) else { return nil }
        guard let key = try string() else { throw failure("no lone surrogate before this") }
        try expect(":")
        skipSpace()
        return ExactString(key)
    }

    /// Finds the value of a key of the object that comes next and stops before it; false if the object has no such key.
    mutating func seek(_ key: String) throws(JSONFlaw) -> Bool {
        var object = JSONList.object
        while let name = try self.key(in: &object) {
            if name.string.isExactly(key) { return true }
            try skipValue()
        }
        return false
    }

    /// Reads `true` or `false`; nil if something else comes next.
    mutating func boolean() -> Bool? {
        skipSpace()
        return takes(word: "true") ? true : takes(word: "false") ? false : nil
    }

    /// Reads a non-negative integer.
    mutating func natural() throws(JSONFlaw) -> Int {
        skipSpace()
        let start = position
        var value = 0
        while let digit = digit() { value = min(value * 10 + Int(digit), 1 << 53) }
        guard position > start, !isBeforeFraction else { throw failure("an integer of 0 or more") }
        return value
    }

    /// Reads a number.
    ///
    /// The reference's usual parser rounds twice, which scores must imitate; `isExact` asks for the nearest value.
    mutating func number(isExact: Bool) throws(JSONFlaw) -> Double {
        skipSpace()
        let start = position
        let isNegative = takes("-")
        var digits: UInt64 = 0
        var exponent = 0
        var count = 0
        var fraction = false
        while true {
            if let digit = digit() {
                let next = digits.multipliedReportingOverflow(by: 10)
                let sum = next.partialValue.addingReportingOverflow(UInt64(digit))
                if next.overflow || sum.overflow || exponent > 0 {
                    // Further digits do not change the result.
                    if !fraction { exponent += 1 }
                } else {
                    digits = sum.partialValue
                    if fraction { exponent -= 1 }
                }
                count += 1
            } else if !fraction, count > 0, takes(".") {
                fraction = true
            } else {
                break
            }
        }
        guard count > 0 else { throw failure("a number") }
        if takes("e") || takes("E") {
            let isBelow = takes("-")
            if !isBelow { _ = takes("+") }
            let power = min(try natural(), 10_000)
            exponent += isBelow ? -power : power
        }
        if isExact {
            let text = String(decoding: bytes[start..<position], as: UTF8.self)
            guard let value = Double(text) else { throw failure("a number") }
            return value
        }
        var value = Double(digits)
        while exponent != 0, value != 0, value.isFinite {
            let step = max(-308, min(308, exponent))
            value = step < 0 ? value / powersOfTen[-step] : value * powersOfTen[step]
            exponent -= step
        }
        return isNegative ? -value : value
    }

    /// Skips a value of any type, however deeply nested.
    mutating func skipValue() throws(JSONFlaw) {
        var depth = 0
        repeat {
            skipSpace()
            switch next {
            case nil: throw failure("a value")
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { throw failure("a value") }
                position += 1
            default:
                while let byte = next, !Self.endsScalar(byte) { position += 1 }
            }
        } while depth > 0
        guard depth == 0 else { throw failure("a value") }
    }

    private mutating func skipString() throws(JSONFlaw) {
        position += 1
        while let byte = next {
            position += 1
            if byte == UInt8(ascii: "\"") { return }
            if byte == UInt8(ascii: "\\"), next != nil { position += 1 }
        }
        throw failure("the end of a string")
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") || byte.isJSONSpace
    }
}

private let powersOfTen: [Double] = (0...308).map { Double("1e\($0)") ?? .infinity }

extension TokenizerError {
    /// The error that a file is not valid JSON.
    init(_ flaw: JSONFlaw, file: String? = nil) {
        var reason = flaw.description
        if case .unexpected(let byte, let position, let expected) = flaw {
            let found = byte.map { "byte 0x\(String($0, radix: 16))" } ?? "the end of the file"
            reason = "found \(found) at offset \(position), expected \(expected)"
        }
        self.init(.malformedFile, "not valid JSON: \(reason)", file: file)
    }
}
