// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// Rows that are the elements of one JSON array, on any number of lines.
final class ArrayRows: RowParser {
    private let stream: ByteStream
    private var boundary = JSONBoundary()
    private var hasBegun = false
    private var isAtEnd = false

    /// The elements of an array, or those from one of them on, if the stream begins there.
    init(_ stream: ByteStream, isInside: Bool = false) {
        self.stream = stream
        hasBegun = isInside
    }

    func next() throws -> ParsedRow? {
        if isAtEnd { return nil }
        try begin()
        try skipSpace()
        let (line, offset) = (stream.line, stream.offset)
        // The search position, relative to the element's first byte, which moves when more data arrive.
        var length = 0
        while true {
            var position = stream.position + length
            let isEnded = boundary.pass(stream.bytes, &position)
            length = position - stream.position
            if isEnded { break }
            guard try stream.fill() else {
                throw DataError("\(stream.name): the JSON array does not end; the file may be incomplete")
            }
        }
        let element = stream.bytes[stream.position..<(stream.position + length - 1)]
        let isEmptyArray = boundary.isClosed && !hasElement && element.isEmpty
        let row = isEmptyArray ? nil : try JSONText(element, place: "\(stream.name), line \(line)")
        take(length)
        hasElement = true
        if boundary.isClosed { try end() }
        return row.map { (.json($0), line, offset) }
    }

    /// Whether an element has been read; a closing bracket then needs an element before it.
    private var hasElement = false

    private func begin() throws {
        guard !hasBegun else { return }
        hasBegun = true
        try skipSpace()
        guard stream.rest.first == UInt8(ascii: "[") else {
            throw DataError(
                "\(stream.name), line \(stream.line): expected one JSON array of texts; for one JSON value a line, name "
                    + "the format jsonl", formats: [.jsonl])
        }
        take(1)
    }

    private func end() throws {
        isAtEnd = true
        try skipSpace()
        guard stream.rest.isEmpty else {
            throw DataError(
                "\(stream.name), line \(stream.line): something stands after the JSON array; for one JSON value a line, "
                    + "name the format jsonl", formats: [.jsonl])
        }
    }

    private func skipSpace() throws {
        repeat {
            take(stream.rest.prefix(while: \.isJSONSpace).count)
        } while try stream.rest.isEmpty && stream.fill()
    }

    /// Consumes bytes, and counts the lines that end in them.
    private func take(_ count: Int) {
        stream.line += stream.rest.prefix(count).count { $0 == 0x0A }
        stream.position += count
    }
}
