// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTraining
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What a user sees of a run: the plan, a line of progress, evaluations, warnings.
///
/// Where standard error is no terminal, a line is printed now and then instead.
final class TrainReport: TrainingCallback {
    private let isQuiet: Bool
    private let state = Mutex(State())

    private struct State {
        var baseline: [Metric] = []
        var lastLine = ContinuousClock.now
        var hasPeak = false
    }

    private static let drawing: Duration = .milliseconds(100)
    private static let printing: Duration = .seconds(10)
    private static let width = 20

    init(isQuiet: Bool) { self.isQuiet = isQuiet }

    func willBegin(_ plan: TrainingPlan) {
        state.withLock { $0.baseline = plan.baseline }
        if !isQuiet { print(plan) }
    }

    /// Prints what a run is going to do.
    func print(_ plan: TrainingPlan) {
        for preview in plan.previews { Console.say(preview) }
        let share = "\(plan.trainedParameterCount.grouped) of \(plan.parameterCount.grouped) parameters"
        let rest = plan.completedSteps > 0 ? ", \(plan.completedSteps.grouped) of them taken" : ""
        Console.say(
            "\(plan.rowCount.grouped) rows, \(plan.totalSteps.grouped) steps\(rest), \(plan.stepsPerEpoch.grouped) an epoch; "
                + "\(share) learn")
    }

    func didStep(_ progress: TrainingProgress) -> TrainingControl {
        if !isQuiet { show(progress) }
        return Interruption.isAsked ? .interrupt : .goOn
    }

    private func show(_ progress: TrainingProgress) {
        let isFirst = state.withLock { state in
            defer { state.hasPeak = true }
            return !state.hasPeak
        }
        if isFirst {
            Console.say(
                "step \(progress.step): loss \(Self.short(progress.loss)), peak memory \(progress.peakMemory >> 20) MiB"
            )
        }
        let now = ContinuousClock.now, isLast = progress.step == progress.totalSteps
        let isDue = state.withLock { state in
            guard isLast || now - state.lastLine >= (Console.isInteractive ? Self.drawing : Self.printing) else {
                return false
            }
            state.lastLine = now
            return true
        }
        guard isDue else { return }
        let part = Double(progress.step) / Double(max(1, progress.totalSteps))
        let text =
            "step \(progress.step.grouped)/\(progress.totalSteps.grouped), epoch \(Self.short(progress.epoch)), loss "
            + "\(Self.short(progress.loss)), \(Self.short(progress.rowsPerSecond)) rows/s, "
            + "\(progress.peakMemory >> 20) MiB, \(TextProgress.clock(progress.secondsLeft)) left"
        if Console.isInteractive {
            Console.draw("\(Console.bar(part, width: Self.width)) \(text)")
        } else {
            Console.say(text)
        }
    }

    func didEvaluate(_ evaluation: TrainingEvaluation) {
        guard !isQuiet else { return }
        let baseline = state.withLock { state in
            if state.baseline.isEmpty { state.baseline = evaluation.metrics }
            return state.baseline
        }
        let metrics = evaluation.metrics.map { metric in
            let before = baseline.first { $0.name == metric.name }?.value
            let change = before.flatMap { evaluation.step == 0 ? nil : " (\(Self.short($0)) before)" } ?? ""
            return "\(metric.name) \(Self.short(metric.value))\(change)"
        }
        let spread = evaluation.spread.map {
            "; mean cosine of random pairs \(Self.short($0.meanCosine)), effective rank \(Self.short($0.effectiveRank))"
        }
        Console.say("step \(evaluation.step): " + metrics.joined(separator: ", ") + (spread ?? ""))
    }

    func didWarn(_ message: String) { if !isQuiet { Console.warn(message) } }

    /// Says how the run ended.
    func finish(_ seconds: Double, _ peakMemory: Int, _ folder: URL) {
        guard !isQuiet else { return }
        Console.say(
            "trained in \(TextProgress.clock(seconds)), peak memory \(peakMemory >> 20) MiB; the model is in \(folder.path)"
        )
    }

    private static func short(_ number: Double) -> String {
        let scale = abs(number) >= 100 ? 1.0 : abs(number) >= 1 ? 100 : 10_000
        return "\((number * scale).rounded() / scale)"
    }
}
