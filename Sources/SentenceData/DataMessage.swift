// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What is to be said of data from outside, in one line: where, what was found and expected, and what to do.
package struct DataMessage: Sendable, Equatable {
    /// The line.
    package let text: String
    /// Formats of which the caller may give one, if that is what to do; the program says by which option.
    package let formats: [DataFormat]

    init(_ text: String, formats: [DataFormat] = []) {
        self.text = text
        self.formats = formats
    }
}
