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
        do throws(JSONFlaw) {
            guard String(validating: bytes, as: UTF8.self) != nil else { throw JSONFlaw.other("the text is not UTF-8") }
            var cursor = JSONCursor(bytes.assumingMemoryBound(to: UInt8.self))
            self = try cursor.value(duplicateKeys)
            cursor.skipSpace()
            guard cursor.next == nil else { throw cursor.failure("the end of the text") }
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

/// How deeply arrays and objects may nest.
private let maximumDepth = 128

// Foundation's decoder accepts invalid JSON, crashes on some documents that are nested too deeply, and determines the
// kind of a value by trying every one.
extension JSONCursor {
    /// Reads a value that is inside `depth` arrays and objects.
    fileprivate mutating func value(
        _ duplicateKeys: JSONValue.DuplicateKeys, depth: Int = 0
    ) throws(JSONFlaw) -> JSONValue {
        skipSpace()
        guard let first = next else { throw failure("a value") }
        switch first {
        case UInt8(ascii: "{"): return .object(try object(duplicateKeys, depth))
        case UInt8(ascii: "["): return .array(try array(duplicateKeys, depth))
        case UInt8(ascii: "\""):
            let start = position + 1
            if let text = try string() { return .string(text) }
            return .brokenString(String(decoding: bytes[start..<position - 1], as: UTF8.self))
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        case _ where takes(word: "NaN"): return .double(.nan)
        case _ where takes(word: "Infinity"): return .double(.infinity)
        case _ where takes(word: "null"): return .null
        case _ where takes(word: "true"): return .bool(true)
        case _ where takes(word: "false"): return .bool(false)
        default: throw failure("a value")
        }
    }

    private mutating func array(_ duplicateKeys: JSONValue.DuplicateKeys, _ depth: Int) throws(JSONFlaw) -> [JSONValue]
    {
        try checkDepth(depth)
        var elements: [JSONValue] = []
        var list = JSONList.array
        while try next(in: &list) { elements.append(try value(duplicateKeys, depth: depth + 1)) }
        return elements
    }

    private mutating func object(_ duplicateKeys: JSONValue.DuplicateKeys, _ depth: Int) throws(JSONFlaw) -> JSONObject
    {
        try checkDepth(depth)
        var members: JSONObject = [:]
        var list = JSONList.object
        while try next(in: &list) {
            guard isNext("\"") else { throw failure("a key") }
            guard let key = try string() else {
                throw JSONFlaw.other("half of a surrogate pair stands in the key before byte \(position)")
            }
            try expect(":")
            let value = try value(duplicateKeys, depth: depth + 1)
            let isSecond = members.updateValue(value, forKey: ExactString(key)) != nil
            if isSecond, duplicateKeys == .refused {
                throw JSONFlaw.other("the key \(key.quoted) stands twice in one object")
            }
        }
        return members
    }

    private func checkDepth(_ depth: Int) throws(JSONFlaw) {
        guard depth < maximumDepth else { throw JSONFlaw.other("nested more than \(maximumDepth) deep") }
    }

    /// Reads a number.
    ///
    /// One written as an integer stays an integer, since strict readers of the files that we write insist on that.
    private mutating func number() throws(JSONFlaw) -> JSONValue {
        let start = position
        if takes("-"), takes(word: "Infinity") { return .double(-.infinity) }
        // No digit may follow a leading zero.
        if !takes("0") { try digits() }
        let isInteger = !isBeforeFraction
        if takes(".") { try digits() }
        if takes("e") || takes("E") {
            if !takes("-") { _ = takes("+") }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let value = Int(text) { return .int(value) }
        guard let value = Double(text) else {
            throw JSONFlaw.other("the number \(text.quoted) at byte \(start) is none")
        }
        return .double(value)
    }

    /// Skips one or more digits.
    private mutating func digits() throws(JSONFlaw) {
        guard digit() != nil else { throw failure("a digit") }
        while digit() != nil {}
    }
}
