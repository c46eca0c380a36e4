// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceData
import Synchronization

/// A progress line that shows how many texts are done, how fast, and the remaining time.
///
/// Nothing is shown if standard error is not a terminal.
final class TextProgress: Sendable {
    /// What is known of the total.
    enum Total: Sendable {
        case texts(Int)
        /// The size of all files in bytes, and how much of it has been read.
        case bytes(Int, ReadMeter)
        case unknown
    }

    private let isShown: Bool
    private let drawsLine: Bool
    private let total: Total
    private let start = ContinuousClock.now
    private let lastDrawing = Mutex<ContinuousClock.Instant?>(nil)
    private static let interval: Duration = .milliseconds(100)
    private static let width = 20

    /// - Parameters:
    ///   - isQuiet: Whether nothing is shown.
    ///   - isBesideResults: Whether results go to standard output, which may be the same terminal.
    ///   - total: What is known of the total.
    init(isQuiet: Bool, isBesideResults: Bool = false, total: Total) {
        isShown = !isQuiet && Console.isInteractive
        drawsLine = isShown && !(isBesideResults && System.isTerminal(System.standardOutput))
        self.total = total
    }

    /// Shows how many texts are done.
    func update(_ completed: Int) {
        guard drawsLine else { return }
        let now = ContinuousClock.now
        let isDue = lastDrawing.withLock { last in
            if let last, now - last < Self.interval { return false }
            last = now
            return true
        }
        guard isDue else { return }
        let seconds = (now - start).inSeconds
        var line = "\(Self.texts(completed)), \(Self.rate(completed, seconds)) texts/s"
        if let part = fraction(completed), part > 0 {
            line = "\(Console.bar(part, width: Self.width)) \(line), \(Self.clock(seconds * (1 - part) / part)) left"
        }
        Console.draw(line)
    }

    /// Removes the line and prints a summary.
    func finish(_ completed: Int) {
        guard isShown else { return }
        let seconds = (ContinuousClock.now - start).inSeconds
        Console.say("\(Self.texts(completed)) in \(Self.clock(seconds)), \(Self.rate(completed, seconds)) texts/s")
    }

    private func fraction(_ completed: Int) -> Double? {
        switch total {
        case .texts(let count): return count == 0 ? nil : min(Double(completed) / Double(count), 1)
        case .bytes(let count, let meter):
            guard count > 0, meter.rowsRead > 0 else { return nil }
            let read = min(Double(meter.bytesRead) / Double(count), 1)
            return read * min(Double(completed) / Double(meter.rowsRead), 1)
        case .unknown: return nil
        }
    }

    private static func texts(_ count: Int) -> String { count == 1 ? "1 text" : "\(count.grouped) texts" }

    private static func rate(_ count: Int, _ seconds: Double) -> String {
        let rate = Double(count) / max(seconds, 1e-3)
        return rate < 100 ? "\((rate * 10).rounded() / 10)" : Int(rate).grouped
    }

    /// Hours, minutes and seconds.
    static func clock(_ seconds: Double) -> String {
        guard seconds >= 60 else { return "\((seconds * 10).rounded() / 10) s" }
        let whole = Int(min(seconds, 1e9))
        func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (minutes, rest) = (whole / 60, padded(whole % 60))
        return minutes < 60 ? "\(minutes):\(rest)" : "\(minutes / 60):\(padded(minutes % 60)):\(rest)"
    }
}
