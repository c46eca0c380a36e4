// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An error in data from outside, in one line: where, what was found and expected, and what to do.
package struct DataError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The error in one line.
    package let description: String

    /// An error with its message.
    package init(_ description: String) {
        self.description = description
    }
}
