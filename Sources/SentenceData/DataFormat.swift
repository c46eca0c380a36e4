// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How rows are written down.
package enum DataFormat: String, Sendable, CaseIterable {
    /// One text a line.
    case lines
    /// One JSON value a line.
    case jsonl
    /// One JSON array of all rows.
    case json
    /// Comma-separated values under a line of column names: RFC 4180.
    case csv
    /// The same with tabs.
    case tsv

    /// What the ending of a path says, that of gzip left aside; nil if it says nothing.
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

/// Tells from the first bytes of a stream how its rows are written down.
struct FormatRecognizer {
    let stream: ByteStream

    /// The format of standard input.
    ///
    /// - Throws: ``DataError`` for what begins like JSON and is none, which must not be taken as text.
    func standardInput() throws -> DataFormat { try recognized(isNamedJSON: false) }

    /// The format of a file that is called `.json`: one array, or JSON lines as earlier versions took it.
    func namedJSON() throws -> DataFormat { try recognized(isNamedJSON: true) }

    /// Whether what is read as plain lines begins with a line of JSON.
    func looksLikeJSON() throws -> Bool {
        guard let start = try firstByte(), case let first = stream.bytes[start], first == 0x5B || first == 0x7B else {
            return false
        }
        let line = stream.bytes[start..<(try lineEnd(from: start))].trimmingJSONSpace()
        // An array that goes on over many lines is none on its first one.
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
        // A brace alone on its line, or with a key after it, begins an object that goes on over many lines.
        if first == UInt8(ascii: "{"), line.dropFirst().trimmingJSONSpace().first ?? 0x22 == 0x22 {
            throw DataError(
                "\(stream.name) begins with a JSON object that does not end on its line; write one object a line, or, "
                    + "if these are texts, pass --input-format lines")
        }
        return .lines
    }

    /// An array of two strings that ends on its line is a pair in JSON lines; every other array holds all rows.
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
        // A file of one such array is a list of two texts.
        while let next = try byte(at: position) {
            if !next.isJSONSpace { return .jsonl }
            position += 1
        }
        return .json
    }

    private func hasLineEnd(_ start: Int, _ end: Int) -> Bool { stream.bytes[start..<end].contains(0x0A) }

    /// Where the first byte stands that is no white space.
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

    /// A byte that is not taken yet; nil at the end.
    private func byte(at position: Int) throws -> UInt8? {
        while position >= stream.bytes.count {
            guard try stream.fill() else { return nil }
        }
        return stream.bytes[position]
    }
}
