// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a run has logged: losses at steps, and metrics at evaluations.
public struct TrainingHistory: Sendable, Codable, Equatable {
    /// One logged step.
    public struct Step: Sendable, Codable, Equatable {
        /// The number of the step, from 1 on.
        public var step: Int
        /// Epochs so far.
        public var epoch: Double
        /// The loss before the step's update.
        public var loss: Double
        /// The norm of all gradients before clipping.
        public var gradientNorm: Double
        /// The learning rate.
        public var learningRate: Double
        /// The parts of the loss by name, if it has several, and the weights of parts that follow a schedule.
        public var parts: [String: Double]
    }

    /// One evaluation.
    public struct Evaluation: Sendable, Codable, Equatable {
        /// How many steps the model had taken.
        public var step: Int
        /// Epochs so far.
        public var epoch: Double
        /// The metrics by name, with `eval_` before each.
        public var metrics: [String: Double]
        /// The names of those metrics that sum up what an evaluator measured.
        public var primaryMetrics: [String]
    }

    /// The logged steps in their order.
    public var steps: [Step] = []
    /// The evaluations in their order; the first is that of the untouched model.
    public var evaluations: [Evaluation] = []

    /// The steps that are kept at most.
    ///
    /// Beyond, every second one is dropped; the log file holds all of them.
    private static let capacity = 4096

    /// Adds a step.
    mutating func append(_ step: Step) {
        if steps.count >= Self.capacity { steps = steps.enumerated().filter { $0.offset % 2 == 0 }.map(\.element) }
        steps.append(step)
    }

    /// A metric of the untouched model and of the last one.
    public func change(of metric: String) -> (before: Double, after: Double)? {
        guard let first = evaluations.first?.metrics[metric], let last = evaluations.last?.metrics[metric] else {
            return nil
        }
        return (first, last)
    }
}

extension TrainingHistory.Step {
    /// A line of the log, with the reference's names.
    var line: JSONValue {
        var line: JSONObject = [
            "step": .int(step), "epoch": .double(epoch), "loss": .double(loss), "grad_norm": .double(gradientNorm),
            "learning_rate": .double(learningRate),
        ]
        for (name, value) in parts { line[ExactString(name)] = .double(value) }
        return .object(line)
    }
}

extension TrainingHistory.Evaluation {
    /// A line of the log.
    var line: JSONValue {
        var line: JSONObject = ["step": .int(step), "epoch": .double(epoch)]
        // JSON has no number for what is none.
        for (name, value) in metrics { line[ExactString(name)] = value.isFinite ? .double(value) : .null }
        return .object(line)
    }
}

/// A file with a line of JSON for every logged step and evaluation, written as they happen.
final class TrainingLogFile {
    private let file: AppendingFile

    /// Begins a log, or goes on with one whose lines after a step are dropped.
    ///
    /// - Throws: `CheckpointError` with code `unwritable`.
    init(_ url: URL, keepingUntil step: Int) throws {
        var kept = ""
        if step > 0, let text = try? String(contentsOf: url, encoding: .utf8) {
            for line in text.split(separator: "\n") {
                guard let value = try? JSONValue(parsing: String(line)), let found = value.asObject?["step"]?.asInt,
                    found <= step
                else { break }
                kept += line + "\n"
            }
        }
        try AtomicFile.createFolder(url.deletingLastPathComponent())
        try AtomicFile.write(kept, to: url)
        file = try AppendingFile(url)
    }

    /// Writes a line.
    ///
    /// - Throws: `CheckpointError` with code `unwritable`, such as when the disk is full.
    func write(_ line: JSONValue) throws {
        try file.write(line.serialized(.compact) + "\n")
    }
}
