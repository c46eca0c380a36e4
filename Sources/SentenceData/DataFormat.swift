// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// The format in which rows are stored.
package enum DataFormat: String, Sendable, CaseIterable {
    /// One text per line.
    case lines
    /// One JSON value per line.
    case jsonl
    /// One JSON array of all rows.
    case json
    /// Comma-separated values below a line of column names: RFC 4180.
    case csv
    /// The same with tabs.
    case tsv

    /// The byte between the fields of a row; nil for formats without fields.
    var separator: UInt8? {
        switch self {
        case .csv: UInt8(ascii: ",")
        case .tsv: UInt8(ascii: "\t")
        case .lines, .jsonl, .json: nil
        }
    }

    /// The format for the extension of a path, ignoring that of gzip; nil if it is not known.
    init?(ending path: String) {
        var name = path.lowercased()
        if name.hasSuffix(".gz") { name.removeLast(3) }
        switch name.split(separator: ".", omittingEmptySubsequences: false).last {
        case "jsonl", "ndjson": self = .jsonl
        case "json": self = .json
        case "csv": self = .csv
        case "tsv": self = .tsv
        default: return nil
        }
    }
}

/// Recognises the format of a stream by its first bytes.
struct FormatRecognizer {
    let stream: ByteStream

    /// The format of standard input.
    ///
    /// - Throws: ``DataError`` for data that begin like JSON but are not, which must not be read as text.
    func standardInput() throws -> DataFormat { try recognized(isNamedJSON: false) }

    /// The format of a file called `.json`: one array, or JSON lines, which earlier versions accepted.
    func namedJSON() throws -> DataFormat { try recognized(isNamedJSON: true) }

    /// Whether data read as plain lines begin with a line of JSON.
    func looksLikeJSON() throws -> Bool {
        guard let start = try firstByte(), case let first = stream.bytes[start], first == 0x5B || first == 0x7B else {
            return false
        }
        let line = stream.bytes[start..<(try lineEnd(from: start))].trimmingJSONSpace()
        // An array that continues on further lines is not complete on its first one.
        return line.elementsEqual([first]) || (try? JSONText(line, place: "")) != nil
    }

    private func recognized(isNamedJSON: Bool) throws -> DataFormat {
        guard let start = try firstByte() else { return isNamedJSON ? .json : .lines }
        let first = stream.bytes[start]
        if first == UInt8(ascii: "[") { return try array(at: start, isNamedJSON) }
        if isNamedJSON { return .jsonl }
        guard first == UInt8(ascii: "{") || first == UInt8(ascii: "\"") else { return .lines }
        let line = stream.bytes[start..<(try lineEnd(from: start))].trimmingJSONSpace()
        if (try? JSONText(line, place: "")) != nil { return .jsonl }
        // A brace alone on its line, or followed by a key, begins an object that continues on further lines.
        if first == UInt8(ascii: "{"), line.dropFirst().trimmingJSONSpace().first ?? 0x22 == 0x22 {
            throw DataError(
                "\(stream.name) begins with a JSON object that does not end on its line; write one object a line, or, "
                    + "if these are texts, name the format lines", formats: [.lines])
        }
        return .lines
    }

    /// An array of two strings that ends on its line is a pair in JSON lines; any other array contains all rows.
    private func array(at start: Int, _ isNamedJSON: Bool) throws -> DataFormat {
        var boundary = JSONBoundary()
        var position = start + 1
        var count = 0
        while !boundary.isClosed, count < 3 {
            let element = position
            while !boundary.pass(stream.bytes, &position) {
                guard !hasLineEnd(start, position), try stream.fill() else { return .json }
            }
            count += 1
            let text = stream.bytes[element..<(position - 1)].trimmingJSONSpace()
            guard !hasLineEnd(start, position), text.first == UInt8(ascii: "\"") else { return .json }
        }
        guard boundary.isClosed, count == 2 else { return .json }
        guard isNamedJSON else { return .jsonl }
        // A file with a single such array is a list of two texts.
        while let next = try byte(at: position) {
            if !next.isJSONSpace { return .jsonl }
            position += 1
        }
        return .json
    }

    private func hasLineEnd(_ start: Int, _ end: Int) -> Bool { stream.bytes[start..<end].contains(0x0A) }

    /// The position of the first byte that is not white space.
    private func firstByte() throws -> Int? {
        var position = stream.position
        while let next = try byte(at: position) {
            if !next.isJSONSpace { return position }
            position += 1
        }
        return nil
    }

    private func lineEnd(from start: Int) throws -> Int {
        var position = start
        while let next = try byte(at: position), next != 0x0A { position += 1 }
        return position
    }

    /// A byte that has not been consumed; nil at the end.
    private func byte(at position: Int) throws -> UInt8? {
        while position >= stream.bytes.count {
            guard try stream.fill() else { return nil }
        }
        return stream.bytes[position]
    }
}
