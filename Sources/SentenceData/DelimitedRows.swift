// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// Rows of CSV or TSV below a line of column names, as in RFC 4180.
///
/// SwiftCSV and similar packages read only whole strings; this reader processes bytes as they arrive, so its memory
/// does not grow with the file.
final class DelimitedRows: RowParser {
    private let stream: ByteStream
    private let separator: UInt8
    private var columns: [String]?
    /// The number of empty lines, which are skipped.
    private(set) var emptyCount = 0

    /// Rows of a stream that begins with the names of the columns, unless these are given.
    init(_ stream: ByteStream, separator: UInt8, columns: [String]? = nil) {
        self.stream = stream
        self.separator = separator
        self.columns = columns
    }

    func next() throws -> ParsedRow? {
        let columns = try header()
        while true {
            let (line, offset) = (stream.line, stream.offset)
            guard let fields = try record() else { return nil }
            // An empty line, which differs from a line with one empty field (two quotes).
            if fields.isEmpty {
                emptyCount += 1
                continue
            }
            guard fields.count == columns.count else {
                throw DataError(
                    "\(stream.name), line \(line): found \(fields.count) fields; expected \(columns.count), as in the "
                        + "header (\(columns.joined(separator: ", ")))")
            }
            return (.fields(fields, columns: columns), line, offset)
        }
    }

    /// The names of the columns: the first non-empty line.
    func header() throws -> [String] {
        if let columns { return columns }
        while let names = try record() {
            if names.isEmpty { continue }
            for (index, name) in names.enumerated()
            where names[..<index].contains(where: { $0.isExactly(name) }) {
                throw DataError("\(stream.name): the header names the column \"\(name)\" twice")
            }
            columns = names
            return names
        }
        throw DataError("\(stream.name) is empty; expected a line with the names of the columns")
    }

    private enum State { case fieldStart, plain, quoted, quoteInQuoted }

    /// The fields up to the end of the record; none for an empty line, nil at the end of the data.
    private func record() throws -> [String]? {
        var fields: [String] = []
        var field: [UInt8] = []
        var state = State.fieldStart
        let first = stream.line
        var quoteLine = first
        while let byte = try nextByte() {
            switch (state, byte) {
            case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
            case (.quoted, _): field.append(byte)
            case (.quoteInQuoted, UInt8(ascii: "\"")):
                field.append(byte)
                state = .quoted
            case (.fieldStart, UInt8(ascii: "\"")):
                state = .quoted
                quoteLine = stream.line
            case (_, separator):
                fields.append(try text(&field, first))
                state = .fieldStart
            case (_, UInt8(ascii: "\n")):
                if state == .fieldStart, fields.isEmpty { return [] }
                return fields + [try text(&field, first)]
            case (_, UInt8(ascii: "\r")) where try stream.rest.first == 0x0A || isAtEnd(): continue
            case (.quoteInQuoted, _):
                throw DataError(
                    "\(stream.name), line \(stream.line): something stands after a closing quote; double the quotes "
                        + "that belong to a field")
            default:
                field.append(byte)
                state = .plain
            }
        }
        if state == .quoted {
            throw DataError("\(stream.name), line \(quoteLine): a quote opens here and is never closed")
        }
        if state == .fieldStart, fields.isEmpty { return nil }
        return fields + [try text(&field, first)]
    }

    private func nextByte() throws -> UInt8? {
        if try isAtEnd() { return nil }
        let byte = stream.bytes[stream.position]
        stream.position += 1
        if byte == 0x0A { stream.line += 1 }
        return byte
    }

    /// Whether no data are left; may have to wait to find out.
    private func isAtEnd() throws -> Bool {
        guard stream.position >= stream.bytes.count else { return false }
        return try !stream.fill()
    }

    private func text(_ field: inout [UInt8], _ line: Int) throws -> String {
        defer { field.removeAll(keepingCapacity: true) }
        guard let text = String(validating: field, as: UTF8.self) else {
            throw DataError(
                "\(stream.name), line \(line): the text is not UTF-8; convert the file, for example with iconv")
        }
        return text
    }
}
