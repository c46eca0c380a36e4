// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A string that equals another only if both have the same bytes, as in files, tokenizers and other languages.
///
/// `String` considers canonically equivalent texts equal, for example "é" as one scalar and as two, or the Kelvin sign
/// and "K". So whatever comes from a file or a text, and is a key, a member of a set, or compared, has this type.
package struct ExactString: Hashable, Sendable {
    /// The text.
    package let string: String

    /// A string with the bytes of a text.
    package init(_ string: String) { self.string = string }

    /// A string with the bytes of a part of a text.
    package init(_ string: Substring) { self.string = String(string) }

    /// Whether both have the same bytes.
    package static func == (a: ExactString, b: ExactString) -> Bool { a.string.isExactly(b.string) }

    /// Feeds the bytes into a hasher.
    package func hash(into hasher: inout Hasher) {
        // All native Swift strings are contiguous UTF-8; only strings bridged from Objective-C may not be.
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
    /// Compares bytes, which is the same as comparing code points, and the order of Python and Rust.
    package static func < (a: ExactString, b: ExactString) -> Bool { a.string.precedesByBytes(b.string) }
}

extension ExactString: ExpressibleByStringLiteral, CustomStringConvertible {
    /// The text of a literal.
    package init(stringLiteral value: String) { string = value }

    /// The text.
    package var description: String { string }
}

extension ExactString: Codable {
    /// Reads a string.
    package init(from decoder: any Decoder) throws { string = try String(from: decoder) }

    /// Writes a string.
    package func encode(to encoder: any Encoder) throws { try string.encode(to: encoder) }
}

extension ExactString: CodingKeyRepresentable {
    /// The text as a key of a coded dictionary.
    package var codingKey: any CodingKey { string.codingKey }

    /// The text of a key of a coded dictionary.
    package init?(codingKey: some CodingKey) { string = codingKey.stringValue }
}

extension String {
    /// Whether both texts have the same bytes.
    package func isExactly(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// Whether the text begins with the bytes of another.
    package func hasExactPrefix(_ part: String) -> Bool { utf8.starts(with: part.utf8) }

    /// Whether the text ends with the bytes of another.
    package func hasExactSuffix(_ part: String) -> Bool { utf8.reversed().starts(with: part.utf8.reversed()) }

    /// The rest of the text after the bytes of a prefix; nil if it does not begin with them.
    package func droppingExactPrefix(_ part: String) -> String? {
        hasExactPrefix(part) ? String(decoding: utf8.dropFirst(part.utf8.count), as: UTF8.self) : nil
    }

    /// Whether the text's UTF-8 bytes precede those of `other`: the order of Python and Rust.
    ///
    /// Swift's own order compares normalized forms.
    package func precedesByBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}

// A dictionary with exact keys can be used as if its keys were strings.
extension Dictionary where Key == ExactString {
    /// The value for a key.
    package subscript(key: String) -> Value? {
        get { self[ExactString(key)] }
        set { self[ExactString(key)] = newValue }
    }

    /// The value for a key, or a default value.
    package subscript(key: String, default value: @autoclosure () -> Value) -> Value {
        get { self[ExactString(key), default: value()] }
        set { self[ExactString(key)] = newValue }
    }

    /// A dictionary with the members of one whose keys are compared by canonical equivalence.
    package init(exact other: [String: Value]) {
        self.init(uniqueKeysWithValues: other.lazy.map { (ExactString($0.key), $0.value) })
    }
}

extension Set<ExactString> {
    /// A set with the given members.
    package init(exact strings: some Sequence<String>) { self.init(strings.lazy.map { ExactString($0) }) }

    /// Whether the text is a member.
    package func contains(_ member: String) -> Bool { contains(ExactString(member)) }

    /// Adds a member; returns whether it is new.
    @discardableResult
    package mutating func insert(_ member: String) -> Bool { insert(ExactString(member)).inserted }

    /// Removes a member; returns whether there was one.
    @discardableResult
    package mutating func remove(_ member: String) -> Bool { remove(ExactString(member)) != nil }
}

extension Sequence where Element == ExactString {
    /// The texts in byte order.
    package var sortedStrings: [String] { sorted().map(\.string) }
}
