// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a training cannot begin or go on, in one line.
public struct TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of thing is wrong.
    public enum Code: String, Sendable {
        /// An argument, or several that do not go together.
        case invalidArgument
        /// Rows that do not fit the loss, or each other.
        case invalidData
        /// A loss that does not fit the model.
        case mismatchedLoss
        /// The loss is no longer a finite number.
        case diverged
        /// A checkpoint that does not belong to the run, or is not whole.
        case invalidCheckpoint
    }

    /// The kind of error.
    public let code: Code
    /// What is wrong, with what was found and expected, and what to do.
    public let description: String

    /// An error of the given kind.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
