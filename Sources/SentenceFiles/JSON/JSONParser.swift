// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
    /// How to handle a key that occurs twice in one object.
    package enum DuplicateKeys: Sendable {
        /// The document is refused.
        case refused
        /// The last value is used, as in Python and JavaScript.
        case lastCounts
    }

    /// Reads a whole JSON document (RFC 8259) from UTF-8 bytes, including the extensions of Python's `json`.
    ///
    /// These are `NaN`, `Infinity` and `-Infinity`, numbers too large for 64 bits, which become infinite, and duplicate
    /// keys. `file` is the name of the document in messages.
    ///
    /// - Throws: ``CheckpointError`` with code `invalidFormat`, also for what only some readers accept: a byte order
    ///   mark, a comma before a closing bracket, a malformed number, deep nesting.
    package init(
        parsing bytes: UnsafeRawBufferPointer, duplicateKeys: DuplicateKeys = .lastCounts, file: String? = nil
    ) throws {
        if let kind = MisplacedContent(bytes) { throw CheckpointError(.invalidFormat, file: file, kind.message) }
        do throws(JSONParser.Flaw) {
            guard String(validating: bytes, as: UTF8.self) != nil else {
                throw JSONParser.Flaw("the text is not UTF-8")
            }
            var parser = JSONParser(bytes, duplicateKeys)
            self = try parser.document()
        } catch {
            throw CheckpointError(.invalidFormat, file: file, "not valid JSON: \(error.description)")
        }
    }

    /// Reads a whole JSON document from a string.
    package init(parsing text: String, duplicateKeys: DuplicateKeys = .lastCounts, file: String? = nil) throws {
        var text = text
        self = try text.withUTF8 {
            try JSONValue(parsing: UnsafeRawBufferPointer($0), duplicateKeys: duplicateKeys, file: file)
        }
    }
}

/// Reads one JSON document from front to back.
///
/// Foundation's decoder accepts invalid JSON, crashes on some documents that are nested too deeply, and determines the
/// kind of a value by trying every one.
struct JSONParser {
    /// Why a document is refused.
    struct Flaw: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// How deeply arrays and objects may nest.
    private static let maximumDepth = 128

    let bytes: UnsafeRawBufferPointer
    private let duplicateKeys: JSONValue.DuplicateKeys
    var position = 0
    private var depth = 0

    /// The bytes must be valid UTF-8.
    init(_ bytes: UnsafeRawBufferPointer, _ duplicateKeys: JSONValue.DuplicateKeys) {
        self.bytes = bytes
        self.duplicateKeys = duplicateKeys
    }

    mutating func document() throws(Flaw) -> JSONValue {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw unexpected("the end of the text") }
        return value
    }

    private mutating func value() throws(Flaw) -> JSONValue {
        skipSpace()
        guard let first = next else { throw unexpected("a value") }
        switch first {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return try string()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case _ where takes("NaN"): return .double(.nan)
        case _ where takes("Infinity"): return .double(.infinity)
        case _ where takes("null"): return .null
        case _ where takes("true"): return .bool(true)
        case _ where takes("false"): return .bool(false)
        default: throw unexpected("a value")
        }
    }

    private mutating func array() throws(Flaw) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        if !closes("]") {
            repeat { elements.append(try value()) } while takesToken(",")
            guard closes("]") else { throw unexpected("\",\" or \"]\"") }
        }
        return elements
    }

    private mutating func object() throws(Flaw) -> JSONObject {
        try enter()
        var members: JSONObject = [:]
        if !closes("}") {
            repeat {
                skipSpace()
                guard next == UInt8(ascii: "\"") else { throw unexpected("a key") }
                guard case .string(let key) = try string() else {
                    throw Flaw("half of a surrogate pair stands in the key before byte \(position)")
                }
                guard takesToken(":") else { throw unexpected("\":\"") }
                let value = try value()
                let isSecond = members.updateValue(value, forKey: ExactString(key)) != nil
                if isSecond, duplicateKeys == .refused {
                    throw Flaw("the key \(key.quoted) stands twice in one object")
                }
            } while takesToken(",")
            guard closes("}") else { throw unexpected("\",\" or \"}\"") }
        }
        return members
    }

    /// Skips an opening bracket.
    private mutating func enter() throws(Flaw) {
        depth += 1
        guard depth <= Self.maximumDepth else { throw Flaw("nested more than \(Self.maximumDepth) deep") }
        position += 1
    }

    /// Skips a closing bracket, if it is next.
    private mutating func closes(_ bracket: StaticString) -> Bool {
        guard takesToken(bracket) else { return false }
        depth -= 1
        return true
    }

    /// A number.
    ///
    /// One written as an integer stays an integer, since strict readers of the files that we write insist on that.
    private mutating func number() throws(Flaw) -> JSONValue {
        let start = position
        if takes("-"), takes("Infinity") { return .double(-.infinity) }
        // No digit may follow a leading zero.
        if !takes("0") { try digits() }
        let isInteger = next != UInt8(ascii: ".") && next != UInt8(ascii: "e") && next != UInt8(ascii: "E")
        if takes(".") { try digits() }
        if takes("e") || takes("E") {
            if !takes("-") { _ = takes("+") }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int(text) { return .int(value) }
        guard let value = Double(text) else { throw Flaw("the number \(text.quoted) at byte \(start) is none") }
        return .double(value)
    }

    private mutating func digits() throws(Flaw) {
        let start = position
        while let byte = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        guard position > start else { throw unexpected("a digit") }
    }

    // The cursor.

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    /// Skips `text`, if it is next.
    mutating func takes(_ text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count - position >= count,
            bytes[position..<position + count].elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: count))
        else { return false }
        position += count
        return true
    }

    /// Skips white space and `text`, if they are next.
    private mutating func takesToken(_ text: StaticString) -> Bool {
        skipSpace()
        return takes(text)
    }

    func unexpected(_ expected: String) -> Flaw {
        next == nil
            ? Flaw("expected \(expected), found the end of the text; the file may be incomplete")
            : Flaw("expected \(expected) at byte \(position)")
    }
}
