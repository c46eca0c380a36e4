// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// What a key that stands twice in one object means.
    package enum DuplicateKeys: Sendable {
        /// The document is refused.
        case refused
        /// The last value counts, as for Python's `json`.
        case lastWins
    }

    /// Reads a whole JSON document (RFC 8259) from UTF-8 bytes.
    ///
    /// Nesting is limited to ``JSONParser/maximumDepth``. `NaN` and `Infinity`, which Python writes
    /// and JSON does not have, are refused, and so are numbers beyond the range of `Double`.
    ///
    /// Messages call the document `file`.
    ///
    /// - Throws: ``CheckpointError`` with code `invalidFormat`, naming line and column.
    package init(
        parsing bytes: UnsafeRawBufferPointer, duplicateKeys: DuplicateKeys = .lastWins, file: String? = nil
    ) throws {
        var parser = JSONParser(bytes: bytes, duplicateKeys: duplicateKeys, file: file)
        self = try parser.parseDocument()
    }

    /// Reads a whole JSON document from a string.
    package init(parsing text: String, duplicateKeys: DuplicateKeys = .lastWins, file: String? = nil) throws {
        var text = text
        self = try text.withUTF8 {
            try JSONValue(parsing: UnsafeRawBufferPointer($0), duplicateKeys: duplicateKeys, file: file)
        }
    }
}

/// A recursive descent over the bytes of a JSON document.
struct JSONParser {
    /// How deep arrays and objects may nest; the stack of a thread holds many times that.
    static let maximumDepth = 128

    private let bytes: UnsafeRawBufferPointer
    private let duplicateKeys: JSONValue.DuplicateKeys
    private let file: String?
    private var position = 0
    private var depth = 0

    init(bytes: UnsafeRawBufferPointer, duplicateKeys: JSONValue.DuplicateKeys, file: String?) {
        self.bytes = bytes
        self.duplicateKeys = duplicateKeys
        self.file = file
    }

    mutating func parseDocument() throws -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { throw error("a byte order mark is not allowed") }
        let value = try parseValue()
        skipWhitespace()
        guard position == bytes.count else { throw error("expected the end of the document") }
        return value
    }

    // MARK: Values

    private mutating func parseValue() throws -> JSONValue {
        skipWhitespace()
        switch peek {
        case UInt8(ascii: "{"): return try nested { try $0.parseObject() }
        case UInt8(ascii: "["): return try nested { try $0.parseArray() }
        case UInt8(ascii: "\""): return .string(try parseString())
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try parseNumber()
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case UInt8(ascii: "N"): throw error("NaN is not JSON; write a number or null")
        case UInt8(ascii: "I"): throw error("Infinity is not JSON; write a number or null")
        case nil: throw error("the document ends where a value is expected")
        default: throw error("expected a value")
        }
    }

    private mutating func nested(_ parse: (inout JSONParser) throws -> JSONValue) throws -> JSONValue {
        guard depth < Self.maximumDepth else { throw error("nested more than \(Self.maximumDepth) deep") }
        depth += 1
        defer { depth -= 1 }
        position += 1
        return try parse(&self)
    }

    private mutating func parseArray() throws -> JSONValue {
        var elements: [JSONValue] = []
        if take("]") { return .array(elements) }
        while true {
            elements.append(try parseValue())
            if take("]") { return .array(elements) }
            guard take(",") else { throw error("expected \",\" or \"]\"") }
        }
    }

    private mutating func parseObject() throws -> JSONValue {
        var members: [String: JSONValue] = [:]
        if take("}") { return .object(members) }
        while true {
            skipWhitespace()
            guard peek == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
            let start = position
            let key = try parseString()
            guard take(":") else { throw error("expected \":\"") }
            let value = try parseValue()
            if members.updateValue(value, forKey: key) != nil {
                if duplicateKeys == .refused { throw error("the key \(key.quoted) stands twice", at: start) }
                // Swift takes strings that differ only in Unicode normalization as equal; JSON does not.
                guard let old = members.index(forKey: key), members.keys[old].utf8.elementsEqual(key.utf8) else {
                    throw error("two keys spelled \(key.quoted) differ only in Unicode normalization", at: start)
                }
            }
            if take("}") { return .object(members) }
            guard take(",") else { throw error("expected \",\" or \"}\"") }
        }
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        let expected = UnsafeRawBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[position..<end].elementsEqual(expected) else { throw error("expected a value") }
        position = end
        return value
    }

    private mutating func parseNumber() throws -> JSONValue {
        let start = position
        if peek == UInt8(ascii: "-") { position += 1 }
        if peek == UInt8(ascii: "I") { throw error("-Infinity is not JSON; write a number or null", at: start) }
        if peek == UInt8(ascii: "0") {
            position += 1
        } else {
            try takeDigits()
        }
        var isInteger = true
        if peek == UInt8(ascii: ".") {
            isInteger = false
            position += 1
            try takeDigits()
        }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") {
            isInteger = false
            position += 1
            if peek == UInt8(ascii: "+") || peek == UInt8(ascii: "-") { position += 1 }
            try takeDigits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else {
            throw error("the number \(text.prefix(40)) is too large", at: start)
        }
        return .double(value)
    }

    private mutating func takeDigits() throws {
        let start = position
        while let byte = peek, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        if position == start { throw error("expected a digit") }
    }

    // MARK: Strings

    private mutating func parseString() throws -> String {
        let start = position
        position += 1
        // What stands before `run` is in `text`, escapes resolved; most strings have none.
        var run = position
        var text: [UInt8] = []
        while true {
            guard let byte = peek else { throw error("the string that begins here does not end", at: start) }
            switch byte {
            case UInt8(ascii: "\""):
                let tail = bytes[run..<position]
                position += 1
                guard
                    let string = text.isEmpty
                        ? String(validating: tail, as: UTF8.self) : String(validating: text + tail, as: UTF8.self)
                else { throw error("the string that begins here is not UTF-8", at: start) }
                return string
            case UInt8(ascii: "\\"):
                text += bytes[run..<position]
                position += 1
                text += try parseEscape().utf8
                run = position
            case 0..<0x20: throw error("a control character must be escaped")
            default: position += 1
            }
        }
    }

    /// The character that the escape at `position`, behind its backslash, stands for.
    private mutating func parseEscape() throws -> String {
        guard let byte = peek else { throw error("the document ends inside an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return String(try parseUnicodeEscape())
        default: throw error("unknown escape", at: position - 1)
        }
    }

    private mutating func parseUnicodeEscape() throws -> Unicode.Scalar {
        let start = position
        let high = try parseHexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        // A pair of surrogates stands for one scalar beyond U+FFFF.
        if high < 0xDC00, peek == UInt8(ascii: "\\") {
            position += 1
            if peek == UInt8(ascii: "u") {
                position += 1
                let low = try parseHexadecimal()
                if 0xDC00...0xDFFF ~= low,
                    let scalar = Unicode.Scalar(0x10000 + (UInt32(high - 0xD800) << 10 | UInt32(low - 0xDC00)))
                {
                    return scalar
                }
            }
        }
        throw error("half of a surrogate pair", at: start)
    }

    private mutating func parseHexadecimal() throws -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("expected four hexadecimal digits")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    // MARK: Bytes

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhitespace() {
        while let byte = peek, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Steps over `character`, if it is what follows after white space.
    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipWhitespace()
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func error(_ message: String, at offset: Int? = nil) -> CheckpointError {
        let before = bytes.prefix(offset ?? position)
        let line = before.count { $0 == 0x0A } + 1
        let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return CheckpointError(
            .invalidFormat, file: file, "not valid JSON: line \(line), column \(column): \(message)")
    }
}
