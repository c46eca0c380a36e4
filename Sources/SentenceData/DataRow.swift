// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One row of data, with its position.
package struct DataRow: Sendable {
    /// The content of a row, which depends on the format.
    package enum Content: Sendable {
        /// A line of a plain text file.
        case text(String)
        /// A line of JSON lines, or an element of a JSON array.
        case json(JSONText)
        /// The fields of a CSV or TSV record, and the names of the columns.
        case fields([String], columns: [String])
    }

    /// The row itself.
    package let content: Content
    /// The name of the file in messages.
    package let file: String
    /// The line on which the row begins, starting at 1.
    package let line: Int
    /// The place of the row's first byte in the file, after decompression.
    package let offset: Int

    /// What to do if the row is invalid because the format was recognised wrongly; nil if the format is certain.
    let remedy: DataMessage?

    /// A row of a file.
    ///
    /// - Parameters:
    ///   - row: The row as a parser returns it.
    ///   - file: The name of the file in messages.
    ///   - remedy: What to do if the row is invalid because the format was recognised wrongly.
    init(_ row: ParsedRow, file: String, remedy: DataMessage? = nil) {
        (content, line, offset) = row
        self.file = file
        self.remedy = remedy
    }

    /// The position of the row, for messages.
    package var place: String { "\(file), line \(line)" }

    /// An error about the row.
    package func error(_ message: String) -> DataError { Self.error("\(place): \(message)", remedy) }

    static func error(_ message: String, _ remedy: DataMessage?) -> DataError {
        DataError(message + (remedy.map { "; \($0.text)" } ?? ""), formats: remedy?.formats ?? [])
    }
}
