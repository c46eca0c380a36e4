// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A file of rows, whose format its name tells, of which any range can be parsed.
package final class RowFile: Sendable {
    /// The names of the columns that stand in the file; nil for formats where rows have the names, or none have.
    package let header: [String]?
    /// The file itself.
    let file: OpenFile
    /// Where the rows begin, after a byte order mark and the header.
    let start: (offset: Int, line: Int)

    private let format: DataFormat

    /// The name of the file in messages.
    package var name: String { file.name }

    /// Opens a file and reads its header.
    ///
    /// - Throws: ``DataError`` if it cannot be opened, its name says no format, or the header is invalid.
    package init(path: String, name: String) throws {
        file = try OpenFile(path: path, name: name)
        let stream = ByteStream(file, 0..<file.byteCount)
        try stream.skipByteOrderMark()
        switch Self.format(ending: path) {
        case .json: format = try FormatRecognizer(stream: stream).namedJSON()
        case let ending?: format = ending
        case nil:
            throw DataError(
                "\(name): the name says no format; expected one that ends in .jsonl, .json, .csv, .tsv or .txt, with or "
                    + "without .gz")
        }
        header = try format.separator.map { try DelimitedRows(stream, separator: $0).header() }
        start = (stream.offset, stream.line)
    }

    /// The format that the ending of a name tells; texts, one a line, have no ending of their own.
    private static func format(ending path: String) -> DataFormat? {
        let name = path.lowercased()
        return DataFormat(ending: name) ?? (name.hasSuffix(".txt") || name.hasSuffix(".txt.gz") ? .lines : nil)
    }

    /// The first row; nil if there is none.
    ///
    /// - Throws: ``DataError``, or what the JSON parser throws.
    package func first() throws -> DataRow? {
        let stream = ByteStream(file, start.offset..<file.byteCount, line: start.line)
        return try parser(stream, atFirst: true).next().map { DataRow($0, file: name) }
    }

    /// Reads all rows, one after another.
    ///
    /// - Throws: ``DataError``, what the JSON parser throws, or what `body` throws.
    package func forEachRow(_ body: (DataRow) throws -> Void) throws {
        let stream = ByteStream(file, start.offset..<file.byteCount, line: start.line)
        let parser = parser(stream, atFirst: true)
        while let row = try parser.next() { try body(DataRow(row, file: name)) }
    }

    /// Parses the rows of a stream, which begins where the rows begin, or at one of them.
    func parser(_ stream: ByteStream, atFirst: Bool) -> any RowParser {
        if let separator = format.separator {
            return DelimitedRows(stream, separator: separator, columns: header)
        }
        return format == .json ? ArrayRows(stream, isInside: !atFirst) : LineRows(stream, isJSON: format == .jsonl)
    }

    /// Ranges that begin with rows and together hold all of them, so that threads can parse them side by side.
    ///
    /// Only formats whose rows are lines are divided: in others a line break may be a part of a row.
    func parts(of size: Int) throws -> [Range<Int>] {
        guard format == .jsonl || format == .lines else { return [start.offset..<file.byteCount] }
        var bounds = [start.offset]
        for place in stride(from: start.offset + size, to: file.byteCount, by: size) {
            let bound = try file.lineStart(from: place)
            // A line may be longer than a part.
            if bound > bounds[bounds.count - 1], bound < file.byteCount { bounds.append(bound) }
        }
        return zip(bounds, bounds.dropFirst() + [file.byteCount]).map { $0..<$1 }
    }
}
