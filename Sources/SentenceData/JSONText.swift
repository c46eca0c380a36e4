// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles

/// A JSON value together with its original bytes, so that it can be passed on unchanged.
package struct JSONText: Sendable {
    /// The original bytes on one line, without white space around them.
    package let bytes: [UInt8]
    /// The value.
    package let value: JSONValue

    /// Parses one value.
    ///
    /// - Parameters:
    ///   - text: The bytes of the value.
    ///   - place: The name of the value in messages.
    /// - Throws: `CheckpointError` with code `invalidFormat`.
    package init(_ text: ArraySlice<UInt8>, place: String) throws {
        value = try text.withUnsafeBytes { try JSONValue(parsing: $0, file: place) }
        // A line break cannot occur inside a string, so it is white space.
        bytes = text.trimmingJSONSpace().map { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") ? 0x20 : $0 }
    }

    /// A string literal in JSON.
    package static func string(_ text: String) -> [UInt8] {
        // A string literal is always valid JSON.
        Array(((try? JSONValue.string(text).serialized(.compact)) ?? "null").utf8)
    }

    /// A member of an object; the last one if a key occurs twice, nil if there is none or this is not an object.
    ///
    /// Keys are compared by bytes.
    package func member(_ key: String) throws -> JSONText? {
        guard case .object = value else { return nil }
        var found: ArraySlice<UInt8>?
        var scan = JSONBoundary()
        var position = 1
        // The object is valid, so it is enough to look for the commas and colons of its own level.
        while let (start, end) = scan.next(in: bytes, &position), let colon = scan.colon {
            let name = bytes[start..<colon].trimmingJSONSpace()
            if try Self.isKey(name, key) { found = bytes[(colon + 1)..<end] }
        }
        return try found.map { try JSONText($0, place: "the value of \"\(key)\"") }
    }

    /// The keys of an object in their order, each once; none if this is not an object.
    package func keys() throws -> [String] {
        guard case .object(let members) = value, !members.isEmpty else { return [] }
        var keys: [String] = [], seen: Set<ExactString> = []
        var scan = JSONBoundary()
        var position = 1
        while let (start, _) = scan.next(in: bytes, &position), let colon = scan.colon {
            let name = try bytes[start..<colon].withUnsafeBytes { try JSONValue(parsing: $0) }.asString
            if let name, seen.insert(name) { keys.append(name) }
        }
        return keys
    }

    /// Whether a string literal, as written, is equal to the key.
    private static func isKey(_ written: ArraySlice<UInt8>, _ key: String) throws -> Bool {
        guard written.contains(UInt8(ascii: "\\")) else {
            return written.dropFirst().dropLast().elementsEqual(key.utf8)
        }
        let name = try written.withUnsafeBytes { try JSONValue(parsing: $0) }.asString
        return name.map { $0.isExactly(key) } ?? false
    }
}

/// Finds where the elements of an array or the members of an object end, in bytes that arrive in pieces.
///
/// It only looks at quotes and brackets; whoever reads an element checks whether it is valid.
struct JSONBoundary {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// The position of the colon in the member found last.
    private(set) var colon: Int?
    /// Whether the bracket that closes the whole value has been passed.
    private(set) var isClosed = false

    /// Scans up to the comma or bracket that ends an element.
    ///
    /// - Parameters:
    ///   - bytes: The bytes received so far.
    ///   - position: Where to continue; afterwards the position reached.
    /// - Returns: Whether the element has ended; if so, `position` is directly after the comma or bracket.
    mutating func pass(_ bytes: [UInt8], _ position: inout Int) -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ":") where depth == 0: colon = position - 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                if depth == 0 {
                    isClosed = true
                    return true
                }
                depth -= 1
            case UInt8(ascii: ",") where depth == 0: return true
            default: break
            }
        }
        return false
    }

    /// The next element in a complete text, without the comma or bracket that ends it; nil after the last.
    fileprivate mutating func next(in bytes: [UInt8], _ position: inout Int) -> (start: Int, end: Int)? {
        guard !isClosed else { return nil }
        let start = position
        colon = nil
        return pass(bytes, &position) ? (start, position - 1) : nil
    }
}

extension ArraySlice<UInt8> {
    /// The bytes without JSON white space at both ends.
    func trimmingJSONSpace() -> ArraySlice<UInt8> {
        var slice = self
        while let byte = slice.first, byte.isJSONSpace { slice.removeFirst() }
        while let byte = slice.last, byte.isJSONSpace { slice.removeLast() }
        return slice
    }
}
