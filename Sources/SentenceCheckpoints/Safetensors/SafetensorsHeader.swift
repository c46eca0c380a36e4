// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import SentenceFiles
package import SentenceTensors

/// The contents of a safetensors header, checked against the rules of the format.
///
/// The file consists of an 8-byte little-endian length, that many bytes of JSON, and the tensors without gaps. Format:
/// https://github.com/huggingface/safetensors. All of its rules are enforced, including those that many readers ignore:
/// no duplicate keys, and every byte of data belongs to exactly one tensor.
package struct SafetensorsHeader: Sendable {
    /// One tensor of the file.
    package struct Entry: Sendable, Hashable {
        /// The name of the tensor.
        package let name: String

        /// The type of the elements.
        package let elementType: ElementType

        /// The sizes of the dimensions, slowest first.
        package let shape: [Int]
        /// The range of the elements, counted from the beginning of the file.
        package let byteRange: Range<Int>
    }

    /// The longest header that the reference implementation accepts, in bytes.
    static let maximumByteCount = 100_000_000

    /// The contents of `__metadata__`.
    package let metadata: [ExactString: String]

    /// The tensors by name.
    package let entries: [ExactString: Entry]
    /// Tensors of types that this version cannot read, such as `F8_E4M3`, with their types.
    package let unreadable: [ExactString: String]

    /// Parses the header of a file.
    ///
    /// - Parameters:
    ///   - bytes: the whole file, or its beginning with the header.
    ///   - byteCount: the size of the file; if nil, `bytes` are all of it.
    ///   - file: the name of the file in messages.
    /// - Throws: ``CheckpointError`` with code `invalidFormat` or `unsupported`.
    package init(bytes: UnsafeRawBufferPointer, byteCount: Int? = nil, file: String) throws {
        let byteCount = byteCount ?? bytes.count
        let header = try Self.headerBytes(of: bytes, byteCount, file)
        let root = try JSONValue(parsing: header, duplicateKeys: .refused, file: "\(file) (header)")
        guard var members = root.asObject else { throw Self.invalid(file, "the header is not an object") }
        self.metadata = try Self.metadata(members.removeValue(forKey: "__metadata__"), file)

        let dataStart = 8 + header.count
        var entries: [ExactString: Entry] = [:]
        var unreadable: [ExactString: String] = [:]
        var places: [Place] = []
        for (name, value) in members {
            let place = try Place(name.string, value, dataStart: dataStart, dataCount: byteCount - dataStart, file)
            places.append(place)
            if let elementType = ElementType(safetensorsName: place.dtype) {
                entries[name] = Entry(
                    name: place.name, elementType: elementType, shape: place.shape, byteRange: place.byteRange)
            } else {
                unreadable[name] = "of the type \(place.dtype)"
            }
        }
        self.entries = entries
        self.unreadable = unreadable
        try Self.checkCoverage(places, of: dataStart..<byteCount, file)
    }

    /// Reads the header of a file that is larger than memory.
    ///
    /// - Throws: ``CheckpointError`` with code `invalidFormat`, `unsupported` or `unreadable`.
    package init(of file: PlacedFile) throws {
        let start = try file.bytes(0..<min(8, file.byteCount))
        let length = start.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        // A false length is refused with the message for it.
        let end = min(8 + Int(min(length, UInt64(Self.maximumByteCount))), file.byteCount)
        self = try file.bytes(0..<end).withUnsafeBytes {
            try SafetensorsHeader(bytes: $0, byteCount: file.byteCount, file: file.name)
        }
    }

    /// The bytes of the JSON text.
    private static func headerBytes(
        of bytes: UnsafeRawBufferPointer, _ byteCount: Int, _ file: String
    ) throws -> UnsafeRawBufferPointer {
        guard bytes.count >= 8 else {
            throw invalid(file, "\(bytes.count) bytes are too few for a safetensors file; it may be incomplete")
        }
        if let misplaced = MisplacedContent(bytes) { throw invalid(file, misplaced.message) }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(maximumByteCount) else {
            throw invalid(
                file,
                "the header claims \(length) bytes, more than the limit of \(maximumByteCount); "
                    + "this may not be a safetensors file")
        }
        guard Int(length) <= byteCount - 8, Int(length) <= bytes.count - 8 else {
            throw invalid(
                file, "the header claims \(length) bytes, but \(byteCount - 8) follow; the file may be incomplete")
        }
        let header = UnsafeRawBufferPointer(rebasing: bytes[8..<8 + Int(length)])
        guard header.first == UInt8(ascii: "{") else { throw invalid(file, "the header does not begin with \"{\"") }
        return header
    }

    private static func metadata(_ value: JSONValue?, _ file: String) throws -> [ExactString: String] {
        guard let value else { return [:] }
        guard let members = value.asObject else {
            throw invalid(file, "\"__metadata__\" is \(value.summary); expected an object of strings")
        }
        return try members.reduce(into: [:]) { metadata, member in
            guard let text = member.value.asString else {
                throw invalid(
                    file, "\"__metadata__\": \(member.key.string.quoted) is \(member.value.summary); expected a string")
            }
            metadata[member.key] = text
        }
    }

    /// Refuses gaps, overlaps and bytes after the last tensor.
    private static func checkCoverage(
        _ places: [Place], of data: Range<Int>, _ file: String
    ) throws {
        let sorted = places.sorted {
            ($0.byteRange.lowerBound, $0.byteRange.upperBound) < ($1.byteRange.lowerBound, $1.byteRange.upperBound)
        }
        var end = data.lowerBound
        var last: Place?
        for entry in sorted {
            if let last, entry.byteRange.lowerBound < end {
                throw invalid(file, "the tensors \(last.name.quoted) and \(entry.name.quoted) overlap")
            }
            guard entry.byteRange.lowerBound == end else {
                throw invalid(
                    file,
                    "\(entry.byteRange.lowerBound - end) bytes before tensor \(entry.name.quoted) "
                        + "belong to no tensor")
            }
            end = entry.byteRange.upperBound
            last = entry
        }
        guard end == data.upperBound else {
            throw invalid(file, "\(data.upperBound - end) bytes at the end belong to no tensor")
        }
    }

    fileprivate static func invalid(_ file: String, _ message: String) -> CheckpointError {
        CheckpointError(.invalidFormat, file: file, message)
    }
}
