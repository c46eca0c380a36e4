// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

/// Measures how fast a run is.
struct TrainingMeter {
    private let totalSteps: Int
    private var last = ContinuousClock.now
    private var seconds: [Double] = []
    private var rows: [Int] = []
    private var record: TrainingSessionRecord?

    /// The last steps, whose mean speed is told.
    private static let window = 20

    init(totalSteps: Int) { self.totalSteps = totalSteps }

    /// The mean time of the last steps; 0 before the first.
    var secondsPerStep: Double { seconds.isEmpty ? 0 : seconds.reduce(0, +) / Double(seconds.count) }

    /// Notes a step that has just been taken.
    mutating func add(_ record: TrainingSessionRecord) {
        let now = ContinuousClock.now
        seconds.append(last.duration(to: now).seconds)
        rows.append(record.rows)
        last = now
        if seconds.count > Self.window {
            seconds.removeFirst()
            rows.removeFirst()
        }
        self.record = record
    }

    /// Leaves out the time since the last step, in which the run did something else.
    mutating func restart() { last = .now }

    /// How far the run is.
    func progress(epoch: Double) -> TrainingProgress {
        let total = seconds.reduce(0, +), step = record?.step ?? 0
        return TrainingProgress(
            step: step, totalSteps: totalSteps, epoch: epoch, loss: record?.loss ?? 0,
            parts: (record.map { $0.parts + $0.scheduled.map { ($0.name, Double($0.value)) } } ?? []).map {
                Metric($0.name, $0.value)
            }, gradientNorm: record?.gradientNorm ?? 0,
            learningRate: record?.learningRate ?? 0,
            rowsPerSecond: total > 0 ? Double(rows.reduce(0, +)) / total : 0,
            secondsLeft: secondsPerStep * Double(max(0, totalSteps - step)), peakMemory: ProcessMemory.peak)
    }
}

extension TrainingProgress {
    /// The step as the log holds it.
    var logged: TrainingHistory.Step {
        TrainingHistory.Step(
            step: step, epoch: epoch, loss: loss, gradientNorm: gradientNorm, learningRate: learningRate,
            parts: Dictionary(parts.map { ($0.name, $0.value) }) { $1 })
    }
}

extension Duration {
    /// The duration in seconds.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
