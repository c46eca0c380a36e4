// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Where each row of a file begins, in 4 bytes a row, so that rows can be read in any order.
package struct RowIndex: Sendable {
    /// The number of rows.
    package let count: Int

    private let file: RowFile
    private let parts: [Part]

    /// Rows that follow each other.
    private struct Part: Sendable {
        /// Where the part begins: its byte, its line and its row.
        var offset: Int
        var line = 1
        var row = 0
        /// Where each row begins, after ``offset``.
        var starts: [UInt32] = []
        /// How many lines end in it.
        var lineCount = 0
    }

    /// Calls a function for all indices below a count, perhaps on several threads, in ascending order.
    package typealias Loop = (_ count: Int, _ body: @escaping @Sendable (Int) -> Void) -> Void

    /// Reads a file once, and passes each row to a function that may refuse it.
    ///
    /// - Parameters:
    ///   - file: The file.
    ///   - partSize: The bytes that a thread takes at a time.
    ///   - loop: How parts of the file are worked on; one after another if not given.
    ///   - check: Called for each row, in no fixed order; lines are known only when it is called again to throw.
    /// - Throws: What the function or a parser throws for the first row, in the order of the file, that is refused.
    package init(
        _ file: RowFile, partSize: Int = 32 << 20, loop: Loop = { count, body in (0..<count).forEach(body) },
        check: @escaping @Sendable (DataRow) throws -> Void
    ) throws {
        let ranges = try file.parts(of: partSize)
        let found = Mutex<[Int: [Part]]>([:])
        // Parts are begun in their order, so that those before the first one that fails are complete.
        let failed = Mutex<(part: Int, error: any Error)?>(nil)
        loop(ranges.count) { number in
            guard failed.withLock({ $0 == nil || $0.map { $0.part > number } == true }) else { return }
            do {
                let line = number == 0 ? file.start.line : 1
                let parts = try Self.scan(file, ranges[number], line, atFirst: number == 0, check)
                found.withLock { $0[number] = parts }
            } catch {
                failed.withLock { if $0.map({ $0.part > number }) ?? true { $0 = (number, error) } }
            }
        }
        let scanned = found.withLock { $0 }
        if let (part, error) = failed.withLock({ $0 }) {
            let line = (0..<part).reduce(file.start.line) { $0 + (scanned[$1]?.last?.lineCount ?? 0) }
            // Again, as only now it is known on which line the part begins.
            _ = try Self.scan(file, ranges[part], line, atFirst: part == 0, check)
            throw error
        }
        var parts: [Part] = []
        var row = 0, line = file.start.line
        for number in ranges.indices {
            for var part in scanned[number] ?? [] {
                part.row = row
                part.line += line - (number == 0 ? file.start.line : 1)
                row += part.starts.count
                parts.append(part)
            }
            line += scanned[number]?.last?.lineCount ?? 0
        }
        (self.file, self.parts, count) = (file, parts, row)
    }

    /// Parses the rows of a range.
    private static func scan(
        _ file: RowFile, _ range: Range<Int>, _ line: Int, atFirst: Bool, _ check: (DataRow) throws -> Void
    ) throws -> [Part] {
        let stream = ByteStream(file.file, range, line: line)
        let parser = file.parser(stream, atFirst: atFirst)
        var parts: [Part] = [], part = Part(offset: range.lowerBound, line: line)
        while let row = try parser.next() {
            try check(DataRow(row, file: file.name))
            if row.offset - part.offset > UInt32.max {
                parts.append(part)
                part = Part(offset: row.offset, line: row.line)
            }
            part.starts.append(UInt32(row.offset - part.offset))
        }
        part.lineCount = stream.line - line
        part.starts = part.starts.withUnsafeBufferPointer { Array($0) }
        return parts + [part]
    }

    // MARK: Rows

    /// The content of a row.
    ///
    /// - Throws: ``DataError``, or what the JSON parser throws, if the file is no longer what it was.
    package func content(of row: Int) throws -> DataRow.Content {
        let bytes = try file.file.bytes(range(of: row))
        func parsed(_ line: Int) throws -> DataRow.Content {
            let stream = ByteStream(bytes, name: file.name, line: line)
            guard let content = try file.parser(stream, atFirst: false).next()?.content else {
                throw DataError("\(place(of: row)): the row is no longer there; start again with a file that stays")
            }
            return content
        }
        // Lines are counted for messages alone.
        do { return try parsed(1) } catch { return try parsed(line(of: row)) }
    }

    /// The number of bytes of a row, with what stands between it and the next one.
    package func byteCount(of row: Int) -> Int { range(of: row).count }

    /// The file and line of a row, for messages.
    package func place(of row: Int) -> String {
        (try? line(of: row)).map { "\(file.name), line \($0)" } ?? "\(file.name), row \(row + 1)"
    }

    /// The row that begins at a place, or the last one before it.
    package func row(at offset: Int) -> Int {
        let part = parts[lastIndex(parts.count) { parts[$0].offset <= offset }]
        return part.row + lastIndex(part.starts.count) { part.offset + Int(part.starts[$0]) <= offset }
    }

    private func line(of row: Int) throws -> Int {
        let part = part(of: row)
        return try part.line + file.file.lineEnds(in: part.offset..<start(of: row))
    }

    private func range(of row: Int) -> Range<Int> {
        start(of: row)..<(row + 1 < count ? start(of: row + 1) : file.file.byteCount)
    }

    private func start(of row: Int) -> Int {
        let part = part(of: row)
        return part.offset + Int(part.starts[row - part.row])
    }

    private func part(of row: Int) -> Part { parts[lastIndex(parts.count) { parts[$0].row <= row }] }

    /// The last index for which a condition holds that holds up to there; 0 if there is none.
    private func lastIndex(_ count: Int, where holds: (Int) -> Bool) -> Int {
        var low = 0, high = count
        while high - low > 1 {
            let middle = (low + high) / 2
            if holds(middle) { low = middle } else { high = middle }
        }
        return low
    }
}
