// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a text is not valid JSON.
@usableFromInline
package enum JSONFlaw: Error, CustomStringConvertible {
    /// Something else was expected than the byte at a position, which is nil at the end of the text.
    case unexpected(UInt8?, position: Int, expected: String)
    /// Any other reason.
    case other(String)

    /// The reason in words.
    @usableFromInline package var description: String {
        switch self {
        case .unexpected(nil, _, let expected):
            "expected \(expected), found the end of the text; the file may be incomplete"
        case .unexpected(_, let position, let expected): "expected \(expected) at byte \(position)"
        case .other(let reason): reason
        }
    }
}

/// A position in a JSON text, and the reading of what comes next there.
///
/// Values are read into a tree with it, and vocabularies of many megabytes without one. The latter is done by another
/// module, into which the small steps are inlined; for this the type must be `@usableFromInline`.
@usableFromInline
package struct JSONCursor: ~Copyable {
    /// The text.
    @usableFromInline package let bytes: UnsafeBufferPointer<UInt8>
    /// The index of the next byte.
    @usableFromInline package var position: Int

    /// The cursor at a position of a text.
    @inlinable
    package init(_ bytes: UnsafeBufferPointer<UInt8>, at position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// The next byte; nil at the end of the text.
    @inlinable package var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The error that something else was expected here.
    @usableFromInline
    package func failure(_ expected: String) -> JSONFlaw { .unexpected(next, position: position, expected: expected) }

    /// Skips white space.
    @inlinable
    package mutating func skipSpace() {
        while position < bytes.count, bytes[position].isJSONSpace { position += 1 }
    }

    /// Skips a character, if it comes next.
    @inlinable
    package mutating func takes(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(truncatingIfNeeded: character.value) else {
            return false
        }
        position += 1
        return true
    }

    /// Skips a word, if it comes next.
    package mutating func takes(word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes[position...].starts(with: UnsafeBufferPointer(start: word.utf8Start, count: count)) else {
            return false
        }
        position += count
        return true
    }

    /// Skips white space, then a character if it comes next.
    @inlinable @inline(__always)
    package mutating func consume(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        return takes(character)
    }

    /// Skips white space; returns whether a character comes next.
    package mutating func isNext(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        return next == UInt8(truncatingIfNeeded: character.value)
    }

    /// Skips white space and a character, which must come next.
    @inlinable @inline(__always)
    package mutating func expect(_ character: Unicode.Scalar) throws(JSONFlaw) {
        guard consume(character) else { throw failure("\"\(character)\"") }
    }

    /// Skips a digit, if one comes next, and returns its value.
    @inlinable
    package mutating func digit() -> UInt8? {
        guard position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 else { return nil }
        position += 1
        return bytes[position - 1] - UInt8(ascii: "0")
    }

    /// Whether a number that has been read up to here goes on with a fraction or an exponent.
    @inlinable package var isBeforeFraction: Bool {
        next == UInt8(ascii: ".") || next == UInt8(ascii: "e") || next == UInt8(ascii: "E")
    }

    /// Moves to the next element of an array or member of an object; false after the last.
    package mutating func next(in list: inout JSONList) throws(JSONFlaw) -> Bool {
        guard list.isOpen else {
            try expect(list.opening)
            list.isOpen = true
            return !consume(list.closing)
        }
        if consume(",") { return true }
        guard consume(list.closing) else { throw failure("\",\" or \"\(list.closing)\"") }
        return false
    }
}

/// An array or an object that is read one element at a time.
package struct JSONList {
    fileprivate let opening: Unicode.Scalar
    fileprivate let closing: Unicode.Scalar
    /// Whether the opening bracket has been read.
    fileprivate var isOpen = false

    private init(_ opening: Unicode.Scalar, _ closing: Unicode.Scalar) {
        self.opening = opening
        self.closing = closing
    }

    /// An array that comes next.
    package static var array: JSONList { JSONList("[", "]") }

    /// An object that comes next.
    package static var object: JSONList { JSONList("{", "}") }
}

extension UInt8 {
    /// Whether the byte is JSON white space.
    @inlinable package var isJSONSpace: Bool { self == 0x20 || self == 0x0A || self == 0x0D || self == 0x09 }
}
