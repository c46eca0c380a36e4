// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a scan over the bytes of a JSON document shows, before and beside `JSONDecoder`.
///
/// It finds what `JSONDecoder` lets pass, and what it does not survive: Swift 6.3's decoder crashes on some documents
/// that nest deeper than it allows, `[[[[…` with 513 brackets among them.
struct JSONStructure {
    /// How deep arrays and objects may nest; the limit of `JSONDecoder` is 512.
    static let maximumDepth = 128

    /// Why a document is refused.
    struct Flaw: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// The members of all objects, those with the same key included: the colons outside strings.
    private(set) var memberCount = 0

    init(of bytes: UnsafeRawBufferPointer) throws(Flaw) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Flaw("the text is not UTF-8") }
        // Either would make the decoder guess at another encoding.
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { throw Flaw("a byte order mark is not allowed") }
        guard !bytes.contains(0) else { throw Flaw("a NUL character is not allowed") }

        var depth = 0
        var isString = false
        var isEscaped = false
        // The last byte outside strings that is no white space.
        var last = UInt8(ascii: " ")
        for byte in bytes {
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isString = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"): continue
            case UInt8(ascii: "\""): isString = true
            case UInt8(ascii: ":"): memberCount += 1
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                depth += 1
                guard depth <= Self.maximumDepth else { throw Flaw("nested more than \(Self.maximumDepth) deep") }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                depth -= 1
                guard last != UInt8(ascii: ",") else { throw Flaw("a comma stands before a closing bracket") }
            default: break
            }
            last = byte
        }
    }
}
