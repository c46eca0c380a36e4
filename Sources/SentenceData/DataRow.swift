// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One row of data, with the place where it stands.
package struct DataRow: Sendable {
    /// What a row is, by the format that it comes from.
    package enum Content: Sendable {
        /// A line of a plain text file.
        case text(String)
        /// A line of JSON lines, or an element of a JSON array.
        case json(JSONText)
        /// The fields of a line of CSV or TSV, and the names of the columns.
        case fields([String], columns: [String])
    }

    /// The row itself.
    package let content: Content
    /// What messages call the file.
    package let file: String
    /// The line on which the row begins, from 1.
    package let line: Int

    /// Whether the format was recognised by the first bytes, so that it may be another.
    package let isRecognized: Bool

    /// The row as messages name it.
    package var place: String { "\(file), line \(line)" }

    /// An error about the row, with what to do if the format was recognised wrongly.
    package func error(_ message: String) -> DataError { Self.error("\(place): \(message)", isRecognized) }

    static func error(_ message: String, _ isRecognized: Bool) -> DataError {
        DataError(message + (isRecognized ? "; if these are plain texts, pass --input-format lines" : ""))
    }
}
