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

    /// What to do if the row is wrong because the format was recognised wrongly; nil if a name or option told it.
    let remedy: String?

    /// The row as messages name it.
    package var place: String { "\(file), line \(line)" }

    /// An error about the row.
    package func error(_ message: String) -> DataError { Self.error("\(place): \(message)", remedy) }

    static func error(_ message: String, _ remedy: String?) -> DataError {
        DataError(message + (remedy.map { "; \($0)" } ?? ""))
    }
}
