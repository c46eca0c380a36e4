// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers
import Synchronization

/// A line on the terminal that shows how far an encoding or a download is; nothing where standard error is no terminal.
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
        options.progress = { self.draw($0.completed, of: $0.total) { "\($0)/\($1) texts" } }
        return try encode(options)
    }

    /// Runs what may download a model, and takes the line away however it ends.
    func showDownload<R>(_ load: ((@Sendable (DownloadProgress) -> Void)?) throws -> R) rethrows -> R {
        guard isShown else { return try load(nil) }
        defer { System.writeError("\r\u{1B}[K") }
        return try load { progress in
            self.draw(progress.completedBytes, of: progress.totalBytes) {
                "\($0 / 1_000_000)/\($1 / 1_000_000) MB of \(progress.model)"
            }
        }
    }

    private func draw(_ completed: Int, of total: Int, _ text: (Int, Int) -> String) {
        lastDrawing.withLock { last in
            let now = ContinuousClock.now
            if let last, now - last < Self.interval, completed < total { return }
            last = now
            let filled = min(max(Self.width * completed / max(total, 1), 0), Self.width)
            let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: Self.width - filled)
            System.writeError("\r\(bar) \(text(completed, total))")
        }
    }
}
