// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// The rows of files and streams, one after another, using memory that does not grow with their size.
///
/// Every file may be gzip. The format is given, or is recognised: by a file's extension, or by the first bytes of
/// standard input.
package final class DataReader {
    private let paths: [String?]
    private let format: DataFormat?
    private let fallback: DataFormat
    private let meter: ReadMeter?
    private let onStall: () -> Void
    private var nextPath = 0
    private var current: (stream: ByteStream, parser: any RowParser, remedy: DataMessage?)?
    private var warnings: [DataMessage] = []
    /// The number of rows in the current file so far.
    private var rowCount = 0
    /// Whether the current input may be either a pair or a list of two texts.
    ///
    /// This is so if standard input begins with an array of two strings on one line, and no format was given.
    private var mayBeList = false

    /// A reader of files or standard input.
    ///
    /// - Parameters:
    ///   - paths: The files in the order in which to read them; nil for standard input.
    ///   - format: The format of the rows, or nil to recognise it.
    ///   - fallback: The format if it cannot be recognised.
    ///   - meter: Counts the bytes read.
    ///   - onStall: Called before a read that has to wait for more data.
    package init(
        _ paths: [String?], format: DataFormat? = nil, fallback: DataFormat = .lines, meter: ReadMeter? = nil,
        onStall: @escaping () -> Void = {}
    ) {
        self.paths = paths
        self.format = format
        self.fallback = fallback
        self.meter = meter
        self.onStall = onStall
    }

    /// The next row; nil after the last one of the last file.
    ///
    /// - Throws: ``DataError``, or `CheckpointError` for malformed JSON.
    package func next() throws -> DataRow? {
        while true {
            if current == nil {
                guard nextPath < paths.count else { return nil }
                current = try open(paths[nextPath])
                nextPath += 1
            }
            guard let (stream, parser, remedy) = current else { return nil }
            do {
                if let row = try parser.next() {
                    meter?.addRow()
                    rowCount += 1
                    return DataRow(row, file: stream.name, remedy: remedy)
                }
            } catch  where remedy != nil && !(error is DataError) {
                throw DataRow.error("\(error)", remedy)
            }
            // If more rows follow, it is JSON lines. A program that sends pairs one at a time must not have to wait for
            // its first result until that is known, so it is decided at the end.
            if mayBeList, rowCount == 1 {
                throw DataError(
                    "\(stream.name) is one array of two strings, which may be a list of two texts or one pair; name "
                        + "the format json for the list, or jsonl for the pair", formats: [.json, .jsonl])
            }
            noteEmptyLines(stream, parser)
            current = nil
        }
    }

    /// Warnings for the user, in the order in which they arose; each is returned once.
    package func takeWarnings() -> [DataMessage] {
        defer { warnings = [] }
        return warnings
    }

    private func open(_ path: String?) throws -> (stream: ByteStream, parser: any RowParser, remedy: DataMessage?) {
        let stream = try ByteStream(path: path, meter: meter, onStall: onStall)
        try stream.skipByteOrderMark()
        let found = try format ?? recognize(stream, path)
        rowCount = 0
        mayBeList =
            path == nil && format == nil && fallback == .lines && found == .jsonl
            && stream.rest.first(where: { !$0.isJSONSpace }) == UInt8(ascii: "[")
        let parser: any RowParser =
            switch found {
            case .lines: LineRows(stream, isJSON: false)
            case .jsonl: LineRows(stream, isJSON: true)
            case .json: ArrayRows(stream)
            case .csv: DelimitedRows(stream, separator: UInt8(ascii: ","))
            case .tsv: DelimitedRows(stream, separator: UInt8(ascii: "\t"))
            }
        return (stream, parser, format == nil ? remedy(path, found) : nil)
    }

    /// What to do about an invalid row if the format was recognised wrongly.
    private func remedy(_ path: String?, _ found: DataFormat) -> DataMessage? {
        let ending = path.flatMap(DataFormat.init(ending:))
        if found == .jsonl, fallback == .jsonl, ending == nil {
            return DataMessage(
                "a pair is a JSON array of two strings on a line of its own; for other ways name the format",
                formats: [.json, .csv, .tsv])
        }
        if path == nil, found == .jsonl || found == .json {
            return DataMessage("if these are plain texts, name the format lines", formats: [.lines])
        }
        if ending == .json, found == .jsonl {
            return DataMessage("a .json file holds one array of texts, or one JSON value a line")
        }
        return nil
    }

    private func recognize(_ stream: ByteStream, _ path: String?) throws -> DataFormat {
        let recognizer = FormatRecognizer(stream: stream)
        guard let path else {
            let found = try recognizer.standardInput()
            return found == .lines ? fallback : found
        }
        let ending = DataFormat(ending: path)
        if ending == .json { return try recognizer.namedJSON() }
        if ending == nil, fallback == .lines, try recognizer.looksLikeJSON() {
            warnings.append(
                DataMessage(
                    "\(path) begins with JSON but is read as one text a line, as its name has no ending that says "
                        + "otherwise; name the format jsonl or json, or lines if it is meant so",
                    formats: [.jsonl, .json, .lines]))
        }
        return ending ?? fallback
    }

    private func noteEmptyLines(_ stream: ByteStream, _ parser: any RowParser) {
        if let lines = parser as? LineRows, lines.emptyCount > 0 {
            warnings.append(
                DataMessage(
                    lines.emptyCount == 1
                        ? "\(stream.name): 1 line is empty, and counts as an empty text"
                        : "\(stream.name): \(lines.emptyCount) lines are empty, and each counts as an empty text"))
        } else if let rows = parser as? DelimitedRows, rows.emptyCount > 0 {
            warnings.append(
                DataMessage(
                    "\(stream.name): passed over \(rows.emptyCount) empty line\(rows.emptyCount == 1 ? "" : "s")"))
        }
    }
}
