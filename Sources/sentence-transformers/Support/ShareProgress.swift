// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A progress line for work of which only shares are known.
///
/// Nothing is shown if standard error is not a terminal.
final class ShareProgress: Sendable {
    private let label: String
    private let isShown: Bool
    private let start = ContinuousClock.now
    private let state = Mutex<(done: Double, drawn: ContinuousClock.Instant?)>((0, nil))
    private static let interval: Duration = .milliseconds(100)
    private static let width = 20

    init(_ label: String, isQuiet: Bool) {
        self.label = label
        isShown = !isQuiet && Console.isInteractive
    }

    /// Adds a share of the work, 0 to 1; may be called on any thread.
    func add(_ share: Double) {
        update { min(1, $0 + share) }
    }

    /// Shows how much of the work is done, 0 to 1; may be called on any thread.
    func set(_ done: Double) { update { max($0, done) } }

    private func update(_ change: (Double) -> Double) {
        guard isShown else { return }
        let now = ContinuousClock.now
        let done = state.withLock { state -> Double? in
            state.done = change(state.done)
            if let drawn = state.drawn, now - drawn < Self.interval { return nil }
            state.drawn = now
            return state.done
        }
        guard let done, done > 0 else { return }
        let seconds = (now - start).inSeconds
        Console.draw(
            "\(Console.bar(done, width: Self.width)) \(label), \(TextProgress.clock(seconds * (1 - done) / done)) left")
    }

    /// Removes the line.
    func finish() { Console.clearLine() }
}
