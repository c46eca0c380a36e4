// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A text that equals another only if both have the same bytes, as files, tokenizers and other languages have it.
///
/// To `String` all canonically equivalent texts are equal: "é" as one scalar and as two, or the Kelvin sign and "K".
/// Whatever comes from a file or a text and is a key, a member of a set or compared is therefore one of these.
package struct ExactString: Hashable, Sendable {
    package let string: String

    package init(_ string: String) { self.string = string }
    package init(_ string: Substring) { self.string = String(string) }

    package static func == (a: ExactString, b: ExactString) -> Bool { a.string.isExactly(b.string) }

    package func hash(into hasher: inout Hasher) {
        // Contiguous UTF-8 is what all strings of Swift are; only bridged ones of Apple's systems may be none.
        let isContiguous: Void? = string.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if isContiguous == nil { hasher.combine(bytes: Array(string.utf8)) }
    }
}

extension Hasher {
    fileprivate mutating func combine(bytes: [UInt8]) {
        bytes.withUnsafeBytes { combine(bytes: $0) }
    }
}

extension ExactString: Comparable {
    /// The order of bytes, which is that of code points and that of Python and Rust.
    package static func < (a: ExactString, b: ExactString) -> Bool { a.string.precedesByBytes(b.string) }
}

extension ExactString: ExpressibleByStringLiteral, CustomStringConvertible {
    package init(stringLiteral value: String) { string = value }

    package var description: String { string }
}

extension ExactString: Codable {
    package init(from decoder: any Decoder) throws { string = try String(from: decoder) }

    package func encode(to encoder: any Encoder) throws { try string.encode(to: encoder) }
}

extension ExactString: CodingKeyRepresentable {
    package var codingKey: any CodingKey { string.codingKey }

    package init?(codingKey: some CodingKey) { string = codingKey.stringValue }
}

extension String {
    /// Whether both texts have the same bytes.
    package func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether the text begins with the bytes of another.
    package func hasExactPrefix(_ part: String) -> Bool { utf8.starts(with: part.utf8) }

    /// Whether the text ends with the bytes of another.
    package func hasExactSuffix(_ part: String) -> Bool { utf8.reversed().starts(with: part.utf8.reversed()) }

    /// What follows the bytes of another text that this one begins with; nil if it does not begin with them.
    package func droppingExactPrefix(_ part: String) -> String? {
        hasExactPrefix(part) ? String(decoding: utf8.dropFirst(part.utf8.count), as: UTF8.self) : nil
    }

    /// Whether the UTF-8 bytes of the text stand before those of `other`: the order of Python and Rust.
    ///
    /// Swift's own order of strings is that of their normalized forms.
    package func precedesByBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}

// A dictionary by exact keys is used with strings as if those were its keys.
extension Dictionary where Key == ExactString {
    package subscript(key: String) -> Value? {
        get { self[ExactString(key)] }
        set { self[ExactString(key)] = newValue }
    }

    package subscript(key: String, default value: @autoclosure () -> Value) -> Value {
        get { self[ExactString(key), default: value()] }
        set { self[ExactString(key)] = newValue }
    }

    /// A dictionary with the members of one whose keys count by canonical equivalence.
    package init(exact other: [String: Value]) {
        self.init(uniqueKeysWithValues: other.lazy.map { (ExactString($0.key), $0.value) })
    }
}

extension Set<ExactString> {
    package init(exact strings: some Sequence<String>) { self.init(strings.lazy.map { ExactString($0) }) }

    package func contains(_ member: String) -> Bool { contains(ExactString(member)) }

    @discardableResult
    package mutating func insert(_ member: String) -> Bool { insert(ExactString(member)).inserted }

    @discardableResult
    package mutating func remove(_ member: String) -> Bool { remove(ExactString(member)) != nil }
}

extension Sequence where Element == ExactString {
    /// The texts in the order of their bytes.
    package var sortedStrings: [String] { sorted().map(\.string) }
}
