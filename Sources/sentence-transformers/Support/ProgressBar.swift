// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers
import Synchronization

/// A line on the terminal that shows how far an encoding is; nothing where standard error is no terminal.
final class ProgressBar: Sendable {
    private let isShown: Bool
    private let lastDrawing = Mutex<ContinuousClock.Instant?>(nil)
    private static let width = 30
    private static let interval: Duration = .milliseconds(100)

    init(isQuiet: Bool) {
        isShown = !isQuiet && System.isTerminal(System.standardError)
    }

    /// Runs an encoding with options that draw the line, and takes the line away however it ends.
    func show<R>(_ options: EncodeOptions, during encode: (EncodeOptions) throws -> R) rethrows -> R {
        guard isShown else { return try encode(options) }
        defer { System.writeError("\r\u{1B}[K") }
        var options = options
        options.progress = { self.draw($0) }
        return try encode(options)
    }

    private func draw(_ progress: EncodeProgress) {
        lastDrawing.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < Self.interval, progress.completed < progress.total { return }
            last = now
            let filled = Self.width * progress.completed / max(progress.total, 1)
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
            System.writeError("\r\(bar) \(progress.completed)/\(progress.total) texts")
        }
    }
}
