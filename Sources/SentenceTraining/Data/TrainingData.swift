// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceData
import SentenceFiles
public import SentenceSearch
import SentenceTensors
import Synchronization

#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// Rows of texts and labels to train on: in memory, or in a file that may be larger than memory.
///
/// All rows are checked once when the data are opened: each has the columns of the first one, no text is empty, and
/// labels are numbers. Of a file, only the place of each row stays in memory, in 4 bytes a row.
public struct TrainingData: Sendable {
    /// The name of the data set.
    public let name: String
    /// The number of rows.
    public let count: Int
    /// The names of the columns in the order of the file.
    public var columnNames: [String] { columns.names }

    /// The columns.
    let columns: DataColumns
    /// The first row whose label is no class, a whole number of 0 or more; nil if there is none.
    let firstRowWithoutClass: Int?
    /// The first row that has another number of documents and labels than row 0; nil if there is none.
    let firstUnevenRow: Int?
    /// The name of the data in messages.
    let title: String
    private let source: Source

    private enum Source: Sendable {
        case file(RowIndex)
        case memory([[TrainingValue]])
        case taught([String], Matrix)
    }

    /// Opens a file and checks its rows.
    ///
    /// Rows are JSON objects, one a line (`.jsonl`) or in an array (`.json`), or lines of a table below the names of the
    /// columns (`.csv`, `.tsv`); arrays of texts with perhaps a label after them (`["a", "b", 0.8]`); or lines of text
    /// (`.txt`), without labels. Each may be gzip; it is then unpacked into the folder for temporary files, and removed
    /// with the process.
    ///
    /// - Parameters:
    ///   - url: The file, which must stay as it is as long as the data are used.
    ///   - name: The name of the data set; that of the file, without its ending, if nil.
    ///   - columns: The columns to read, while others are left out; all if nil.
    /// - Throws: ``TrainingError`` with the file and line of a row that does not fit.
    public init(contentsOf url: URL, name: String? = nil, columns: [String]? = nil) throws {
        let title = url.lastPathComponent
        let selection = columns
        (self.columns, source, count, firstRowWithoutClass, firstUnevenRow) = try Self.invalidData(title) {
            let file = try RowFile(path: url.path, name: title)
            guard let first = try file.first() else { throw RowFlaw("there is no row") }
            let columns = try Self.placed(first) { try DataColumns(first.content, selection: selection) }
            // A place is enough, since a file is read by several threads.
            let firstWithoutClass = Atomic(Int.max), firstUneven = Atomic(Int.max)
            let index = try RowIndex(file, loop: { Parallel.forEach($0, $1) }) { row in
                let values = try Self.placed(row) { try columns.values(row.content) }
                if !columns.haveClass(values) { firstWithoutClass.min(row.offset, ordering: .relaxed) }
                if columns.unevenness(values) != nil { firstUneven.min(row.offset, ordering: .relaxed) }
            }
            func row(_ offset: Int) -> Int? { offset == .max ? nil : index.row(at: offset) }
            return (
                columns, .file(index), index.count, row(firstWithoutClass.load(ordering: .relaxed)),
                row(firstUneven.load(ordering: .relaxed))
            )
        }
        let file = url.pathExtension.lowercased() == "gz" ? url.deletingPathExtension() : url
        self.name = name ?? file.deletingPathExtension().lastPathComponent
        self.title = title
    }

    /// Rows in memory.
    ///
    /// - Parameters:
    ///   - name: The name of the data set.
    ///   - columns: The names of the columns.
    ///   - rows: For each row a value for each column.
    /// - Throws: ``TrainingError`` with the number of a row that does not fit.
    public init(name: String = "", columns: [String], rows: [[TrainingValue]]) throws {
        let title = name.isEmpty ? "the data" : name
        (self.name, self.title) = (name, title)
        let names = columns
        (self.columns, firstRowWithoutClass, firstUnevenRow) = try Self.invalidData(title) {
            guard let first = rows.first else { throw RowFlaw("there is no row") }
            func placed<R>(_ row: Int, _ body: () throws -> R) throws -> R {
                do { return try body() } catch { throw DataError("\(Self.place(row, in: title)): \(error)") }
            }
            let columns = try placed(0) { try DataColumns(names: names, values: first) }
            for (row, values) in rows.enumerated() { try placed(row) { try columns.check(values) } }
            return (
                columns, rows.firstIndex { !columns.haveClass($0) }, rows.firstIndex { columns.unevenness($0) != nil }
            )
        }
        source = .memory(rows)
        count = rows.count
    }

    /// Texts with the embeddings that a teacher gives them, as `text` and `label`.
    ///
    /// - Parameters:
    ///   - texts: The texts.
    ///   - embeddings: One row for each text.
    ///   - name: The name of the data set.
    /// - Throws: ``TrainingError`` if there are not as many embeddings, or a text is empty.
    public init(texts: [String], embeddings: Matrix, name: String = "") throws {
        guard texts.count == embeddings.rows else {
            throw TrainingError(
                .invalidArgument, "found \(embeddings.rows) embeddings of \(texts.count) texts; expected one for each")
        }
        let title = name.isEmpty ? "the data" : name
        (self.name, self.title) = (name, title)
        columns = try Self.invalidData(title) {
            guard let first = texts.first else { throw RowFlaw("there is no row") }
            let columns = try DataColumns(
                names: ["text", "label"], values: [.text(first), .numbers(embeddings[0].map(Double.init))])
            if let row = texts.firstIndex(where: \.isEmpty) {
                throw DataError("\(Self.place(row, in: title)): the text is empty")
            }
            return columns
        }
        (firstRowWithoutClass, firstUnevenRow) = (0, nil)
        source = .taught(texts, embeddings)
        count = texts.count
    }

    /// The values of a row, in the order of the columns.
    ///
    /// - Throws: ``TrainingError`` with file and line, if the file is no longer what it was.
    public func row(_ index: Int) throws -> [TrainingValue] {
        guard (0..<count).contains(index) else {
            throw TrainingError(.invalidArgument, "\(title) has no row \(index); expected 0 to \(count - 1)")
        }
        switch source {
        case .memory(let rows): return rows[index]
        case .taught(let texts, let embeddings):
            return [.text(texts[index]), .numbers(embeddings[index].map(Double.init))]
        case .file(let file):
            return try Self.invalidData(title) {
                let content = try file.content(of: index)
                do { return try columns.values(content) } catch { throw DataError("\(place(of: index)): \(error)") }
            }
        }
    }

    /// Where a row stands, such as `pairs.jsonl, line 7`.
    package func place(of index: Int) -> String {
        switch source {
        case .memory, .taught: Self.place(index, in: title)
        case .file(let file): file.place(of: index)
        }
    }

    /// About how long a row is, which takes no reading: the bytes of it in the file, or of its texts in memory.
    package func byteCount(of index: Int) -> Int {
        switch source {
        case .memory(let rows): rows[index].reduce(0) { $0 + $1.allTexts.reduce(0) { $0 + $1.utf8.count } }
        case .taught(let texts, _): texts[index].utf8.count
        case .file(let file): file.byteCount(of: index)
        }
    }

    // MARK: Errors

    private static func place(_ row: Int, in title: String) -> String { "\(title), row \(row + 1)" }

    /// Adds the place of a row to what is wrong with it.
    private static func placed<R>(_ row: DataRow, _ body: () throws -> R) throws -> R {
        do { return try body() } catch let flaw as RowFlaw { throw row.error(flaw.description) }
    }

    /// Makes one kind of error of those of the layers below.
    static func invalidData<R>(_ title: String, _ body: () throws -> R) throws -> R {
        do { return try body() } catch let error as TrainingError { throw error } catch let flaw as RowFlaw {
            throw TrainingError(.invalidData, "\(title): \(flaw)".onOneLine)
        } catch { throw TrainingError(.invalidData, "\(error)".onOneLine) }
    }
}

extension DataColumns {
    /// Whether the label of a row is a class; so if there is no label.
    fileprivate func haveClass(_ values: [TrainingValue]) -> Bool {
        guard let label else { return true }
        return values[label].allNumbers.allSatisfy { $0 >= 0 && $0 < 0x1p31 && $0 == $0.rounded() }
    }
}
