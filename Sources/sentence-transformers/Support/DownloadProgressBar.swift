// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers
import Synchronization

/// The progress line of a download; nothing is shown if standard error is not a terminal.
final class DownloadProgressBar: Sendable {
    private let isShown: Bool
    private let lastDrawing = Mutex<ContinuousClock.Instant?>(nil)
    private static let width = 30
    private static let interval: Duration = .milliseconds(100)

    init(isQuiet: Bool) {
        isShown = !isQuiet && Console.isInteractive
    }

    /// Runs `load`, which may download a model, and removes the line however it ends.
    func show<R>(_ load: ((@Sendable (DownloadProgress) -> Void)?) throws -> R) rethrows -> R {
        guard isShown else { return try load(nil) }
        defer { Console.clearLine() }
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
            let part = Double(completed) / Double(max(total, 1))
            Console.draw("\(Console.bar(part, width: Self.width)) \(text(completed, total))")
        }
    }
}
