// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension JSONValue {
    /// What a key that stands twice in one object means.
    package enum DuplicateKeys: Sendable {
        /// The document is refused.
        case refused
        /// The first value counts, as for `JSONDecoder`; Python's `json` takes the last.
        case firstWins
    }

    /// Reads a whole JSON document (RFC 8259) from UTF-8 bytes, by `JSONDecoder`.
    ///
    /// Messages call the document `file`.
    ///
    /// - Throws: ``CheckpointError`` with code `invalidFormat`, also for what `JSONDecoder` would let pass: another
    ///   encoding than UTF-8, a byte order mark, a comma before a closing bracket, a key that stands twice.
    package init(
        parsing bytes: UnsafeRawBufferPointer, duplicateKeys: DuplicateKeys = .refused, file: String? = nil
    ) throws {
        func invalid(_ message: String) -> CheckpointError {
            CheckpointError(.invalidFormat, file: file, "not valid JSON: \(message)")
        }
        do throws(JSONStructure.Flaw) {
            let structure = try JSONStructure(of: bytes)
            self = try Self.decode(Data(bytes))
            // Keys that differ only in Unicode normalization are one key to Swift, and count as one that stands twice.
            if duplicateKeys == .refused, memberCount != structure.memberCount {
                throw JSONStructure.Flaw("a key stands twice in one object")
            }
        } catch {
            throw invalid(error.description)
        }
    }

    /// Reads a whole JSON document from a string.
    package init(parsing text: String, duplicateKeys: DuplicateKeys = .refused, file: String? = nil) throws {
        var text = text
        self = try text.withUTF8 {
            try JSONValue(parsing: UnsafeRawBufferPointer($0), duplicateKeys: duplicateKeys, file: file)
        }
    }

    private static func decode(_ data: Data) throws(JSONStructure.Flaw) -> JSONValue {
        // The decoder's own errors say no more than this on Linux.
        do { return try JSONDecoder().decode(JSONValue.self, from: data) } catch {
            throw JSONStructure.Flaw("JSONDecoder cannot read it; the file may be incomplete")
        }
    }

    /// The members of all objects in the value.
    private var memberCount: Int {
        switch self {
        case .array(let elements): elements.reduce(0) { $0 + $1.memberCount }
        case .object(let members): members.values.reduce(members.count) { $0 + $1.memberCount }
        default: 0
        }
    }
}

extension JSONValue: Decodable {
    /// Tries one kind after the other; numbers that are whole become integers however they are written.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Int.self) {
            self = .int(value)
        } else if let value = try container.decodeIfOfType(String.self) {
            self = .string(value)
        } else if let elements = try container.decodeIfOfType([JSONValue].self) {
            self = .array(elements)
        } else if let members = try container.decodeIfOfType([String: JSONValue].self) {
            self = .object(members)
        } else if let value = try container.decodeIfOfType(Double.self) {
            self = .double(value)
        } else {
            self = .bool(try container.decode(Bool.self))
        }
    }
}

extension SingleValueDecodingContainer {
    /// The value, or nil if it is of another kind; what is of the kind and broken, such as 1e999, throws.
    fileprivate func decodeIfOfType<Value: Decodable>(_ type: Value.Type) throws -> Value? {
        do { return try decode(type) } catch DecodingError.typeMismatch { return nil }
    }
}
