// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData

/// Writes a zip file whose entries are not compressed, with the 64-bit sizes that large ones need.
struct StoredZip {
    private struct Entry {
        let name: String
        let offset: Int
        var size = 0
        var checksum = Checksum()
    }

    private let file: PartialFile
    private var entries: [Entry] = []

    init(_ file: PartialFile) {
        self.file = file
    }

    /// Adds an entry: a header, then the bytes that `body` passes on.
    mutating func add(
        _ name: String, _ header: [UInt8], _ body: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
    ) throws {
        var entry = Entry(name: name, offset: file.length)
        // Sizes and checksum follow the data, since they are not known yet.
        try file.write(
            Self.fields([
                (0x0403_4B50, 4), (45, 2), (Self.flags, 2), (0, 2), (0, 2), (Self.date, 2), (0, 4), (0xFFFF_FFFF, 4),
                (0xFFFF_FFFF, 4), (name.utf8.count, 2), (20, 2),
            ]) + name.utf8 + Self.fields([(0x0001, 2), (16, 2), (0, 8), (0, 8)]))
        let add = { (bytes: UnsafeRawBufferPointer) in
            try file.write(bytes)
            entry.size += bytes.count
            entry.checksum.add(bytes)
        }
        try header.withUnsafeBytes(add)
        try body(add)
        try file.write(
            Self.fields([(0x0807_4B50, 4), (Int(entry.checksum.value), 4), (entry.size, 8), (entry.size, 8)]))
        entries.append(entry)
    }

    /// Writes the list of entries.
    func finish() throws {
        let start = file.length
        for entry in entries {
            try file.write(
                Self.fields([
                    (0x0201_4B50, 4), (45, 2), (45, 2), (Self.flags, 2), (0, 2), (0, 2), (Self.date, 2),
                    (Int(entry.checksum.value), 4), (0xFFFF_FFFF, 4), (0xFFFF_FFFF, 4), (entry.name.utf8.count, 2),
                    (28, 2), (0, 2), (0, 2), (0, 2), (0, 4), (0xFFFF_FFFF, 4),
                ]) + entry.name.utf8
                    + Self.fields([(0x0001, 2), (24, 2), (entry.size, 8), (entry.size, 8), (entry.offset, 8)]))
        }
        let end = file.length
        let count = entries.count
        try file.write(
            Self.fields([
                (0x0606_4B50, 4), (44, 8), (45, 2), (45, 2), (0, 4), (0, 4), (count, 8), (count, 8), (end - start, 8),
                (start, 8), (0x0706_4B50, 4), (0, 4), (end, 8), (1, 4), (0x0605_4B50, 4), (0, 2), (0, 2), (count, 2),
                (count, 2), (0xFFFF_FFFF, 4), (0xFFFF_FFFF, 4), (0, 2),
            ]))
    }

    /// Sizes follow the data (bit 3).
    private static let flags = 0x0008
    /// The earliest date that zip can express, so that equal results give equal files.
    private static let date = 0x0021

    /// Numbers as little-endian bytes, each with its own number of bytes.
    private static func fields(_ numbers: [(value: Int, size: Int)]) -> [UInt8] {
        numbers.flatMap { value, size in (0..<size).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    }
}
