// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What people read: messages and progress, all on standard error.
enum Console {
    /// Prints a warning in one line.
    static func warn(_ message: String) {
        System.writeError("warning: \(message)\n")
    }

    /// Prints an error in one line and ends the process with status 1.
    static func fail(_ error: any Error) -> Never {
        let message = "\(error)".split(whereSeparator: \.isNewline).joined(separator: " ")
        System.writeError("error: \(message)\n")
        System.exit(1)
    }
}
