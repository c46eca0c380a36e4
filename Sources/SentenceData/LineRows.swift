// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Parses the rows of one stream from beginning to end.
protocol RowParser: AnyObject {
    /// The next row; nil at the end.
    ///
    /// - Throws: ``DataError``, or what the JSON parser throws.
    func next() throws -> ParsedRow?
}

/// A row, and where it begins: its line, and its place among all bytes.
typealias ParsedRow = (content: DataRow.Content, line: Int, offset: Int)

/// Rows that are lines: plain texts or JSON.
///
/// Only "\n" ends a line; a "\r" before it is dropped.
final class LineRows: RowParser {
    private let stream: ByteStream
    private let isJSON: Bool
    /// The number of empty lines: in plain text each is an empty text, in JSON lines they are skipped.
    private(set) var emptyCount = 0

    init(_ stream: ByteStream, isJSON: Bool) {
        self.stream = stream
        self.isJSON = isJSON
    }

    func next() throws -> ParsedRow? {
        while let end = try lineEnd() {
            let (number, offset) = (stream.line, stream.offset)
            let line = stream.bytes[stream.position..<end]
            defer {
                stream.position = min(end + 1, stream.bytes.count)
                stream.line += 1
            }
            let place = "\(stream.name), line \(number)"
            if isJSON {
                guard !line.allSatisfy(\.isJSONSpace) else { continue }
                return (.json(try JSONText(line, place: place)), number, offset)
            }
            let content = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if content.isEmpty { emptyCount += 1 }
            guard let text = String(validating: content, as: UTF8.self) else {
                throw DataError("\(place): the text is not UTF-8; convert the file, for example with iconv")
            }
            return (.text(text), number, offset)
        }
        return nil
    }

    /// Where the line ends: at its "\n" or at the end of the data; nil if no line is left.
    private func lineEnd() throws -> Int? {
        var searched = stream.position
        while true {
            let found = stream.bytes.withUnsafeBytes { bytes in
                bytes.baseAddress.flatMap { memchr($0 + searched, 0x0A, bytes.count - searched) }.map {
                    UnsafeRawPointer($0) - bytes.baseAddress.unsafelyUnwrapped
                }
            }
            if let found { return found }
            // Filling moves the remaining bytes to the front.
            searched = stream.bytes.count - stream.position
            guard try stream.fill() else { return searched == 0 ? nil : stream.bytes.count }
        }
    }
}
