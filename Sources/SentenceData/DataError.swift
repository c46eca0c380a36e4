// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An error in data from outside, in one line: where, what was found and expected, and what to do.
package struct DataError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The error, and what may be done about it.
    package let message: DataMessage

    /// The error in one line.
    package var description: String { message.text }

    /// An error, and the formats that would be right if one of them were named.
    package init(_ text: String, formats: [DataFormat] = []) {
        message = DataMessage(text, formats: formats)
    }
}
