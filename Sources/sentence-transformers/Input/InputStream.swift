// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData
import SentenceTransformers

/// Where rows come from.
enum RowSource: Sendable {
    /// Texts that are given as arguments.
    case texts([String])
    /// Files, where nil means standard input, and their format if it is given.
    case files([String?], DataFormat?)

    /// Checks before the work begins that all files can be read.
    func check() throws {
        guard case .files(let paths, _) = self else { return }
        for case let path? in paths { try System.checkReadable(path) }
    }

    /// Reads rows one after another on the caller's thread.
    func forEach(
        _ reading: RowReading, isQuiet: Bool, meter: ReadMeter? = nil, onStall: @escaping () -> Void = {},
        _ body: (InputRow) throws -> Void
    ) throws {
        switch self {
        case .texts(let texts):
            if !isQuiet, let name = texts.first(where: { System.fileSize($0) != nil }) {
                Console.warn("\"\(name)\" is taken as a text; to read the file of that name, pass --input \(name)")
            }
            for text in texts { try body(InputRow(input: TokenizerInput(text))) }
        case .files(let paths, let format):
            if paths.contains(nil), !isQuiet, System.isTerminal(System.standardInput) {
                Console.say("reading texts from the terminal, one a line; Ctrl-D ends them")
            }
            let reader = DataReader(
                paths, format: format, fallback: reading.kind.fallbackFormat, meter: meter, onStall: onStall)
            func warn() {
                for warning in reader.takeWarnings() where !isQuiet { Console.warn("\(CommandMessage(warning))") }
            }
            while let row = try reader.next() {
                warn()
                try body(reading.row(row))
            }
            warn()
        }
    }

    /// All rows at once, for work that needs them together.
    func all(_ reading: RowReading, isQuiet: Bool) throws -> [InputRow] {
        var rows: [InputRow] = []
        try forEach(reading, isQuiet: isQuiet) { rows.append($0) }
        return rows
    }

    /// The size of all files in bytes; nil if one is a stream, whose length is unknown.
    var byteCount: Int? {
        guard case .files(let paths, _) = self else { return nil }
        return paths.reduce(0) { sum, path in
            guard let sum, let path, let size = System.fileSize(path) else { return nil }
            return sum + size
        }
    }
}

/// Rows that a thread reads while earlier ones are computed.
struct InputStream {
    /// The windows of rows.
    let queue: WindowQueue<InputRow>
    /// How much has been read.
    let meter = ReadMeter()
    /// The size of all files in bytes, if known.
    let byteCount: Int?

    /// Starts reading.
    ///
    /// - Parameters:
    ///   - source: The texts or files.
    ///   - reading: How rows become inputs.
    ///   - maximumRows: The largest number of rows in a window.
    ///   - maximumBytes: The largest number of bytes in a window.
    ///   - isQuiet: Whether warnings are not printed.
    /// - Throws: `DataError` if the system cannot start a thread.
    init(_ source: RowSource, _ reading: RowReading, maximumRows: Int, maximumBytes: Int, isQuiet: Bool) throws {
        queue = WindowQueue(maximumRows: maximumRows, maximumBytes: maximumBytes)
        byteCount = source.byteCount
        try queue.read { [queue, meter] in
            try source.forEach(reading, isQuiet: isQuiet, meter: meter, onStall: { queue.stall() }) { row in
                queue.append(row, bytes: row.byteCount)
            }
        }
    }
}
