// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Messages and progress, all on standard error.
enum Console {
    /// Whether a progress line is on the terminal.
    private static let hasLine = Mutex(false)

    /// Whether progress can be drawn: standard error is a terminal that can clear a line.
    static var isInteractive: Bool {
        System.isTerminal(System.standardError) && System.environment("TERM") != "dumb"
    }

    /// Prints a warning on one line.
    static func warn(_ message: String) { say("warning: \(message)") }

    /// Prints a line in place of the progress line.
    static func say(_ message: String) {
        hasLine.withLock { hasLine in
            clear(&hasLine)
            System.writeError("\(message)\n")
        }
    }

    /// Draws a progress line in place of the last one.
    static func draw(_ line: String) {
        hasLine.withLock { hasLine in
            System.writeError("\r\(line)\u{1B}[K")
            hasLine = true
        }
    }

    /// A bar of so many characters, filled by a part of 0 to 1.
    static func bar(_ part: Double, width: Int) -> String {
        let filled = min(max(Int(Double(width) * part), 0), width)
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }

    /// Removes the progress line.
    static func clearLine() { hasLine.withLock { clear(&$0) } }

    private static func clear(_ hasLine: inout Bool) {
        if hasLine { System.writeError("\r\u{1B}[K") }
        hasLine = false
    }

    /// Prints an error on one line and ends the process with status 1.
    static func fail(_ error: any Error) -> Never {
        say("error: " + "\(CommandMessage(error))".split(whereSeparator: \.isNewline).joined(separator: " "))
        System.exit(1)
    }
}
