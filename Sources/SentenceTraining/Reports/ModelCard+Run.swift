// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTensors
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ModelCard {
    /// The rows of the log that are shown at most.
    private static var logRows: Int { 100 }
    /// The metrics that are shown of each evaluation.
    private static var logMetrics: Int { 6 }

    /// The arguments that are not the defaults, by the reference's names.
    var arguments: String {
        let changed = trainer.arguments.changed
        let list = changed.map { "- `\($0.name)`: \(Markdown.escaped($0.value))\n" }.joined()
        return "## Arguments\n\n"
            + (changed.isEmpty
                ? "All arguments have their default values.\n" : "All others have their default values.\n\n")
            + list
    }

    /// Losses and metrics over the steps, and the chart.
    var log: String {
        let history = result.history
        let primary = evaluations.flatMap { evaluation in
            evaluation.metrics.filter { $0.isPrimary || evaluation.evaluator == nil }.map { metric in
                evaluation.name.isEmpty ? "eval_\(metric.name)" : "eval_\(evaluation.name)_\(metric.name)"
            }
        }.prefix(Self.logMetrics)
        let evaluated = Dictionary(history.evaluations.map { ($0.step, $0) }) { $1 }
        let losses = Dictionary(history.steps.map { ($0.step, $0) }) { $1 }
        // Evaluations say more than losses, so that those steps are kept first.
        var steps = Self.spread(evaluated.keys.sorted(), Self.logRows)
        let others = losses.keys.filter { evaluated[$0] == nil }.sorted()
        steps = (steps + Self.spread(others, Self.logRows - steps.count)).sorted()
        let rows = steps.map { step in
            let epoch = evaluated[step]?.epoch ?? losses[step]?.epoch ?? 0
            let row =
                [Markdown.number(epoch), "\(step)", losses[step].map { Markdown.number($0.loss) } ?? "–"]
                + primary.map { evaluated[step]?.metrics[$0].map(Markdown.number) ?? "–" }
            return step == result.step ? row.map { "**\($0)**" } : row
        }
        let names = primary.map(Markdown.escaped)
        return "## Training log\n\n![Loss, learning rate and metrics](\(TrainingChart.fileName))\n\n"
            + Markdown.table(["Epoch", "Step", "Training loss"] + names, rows)
            + "\nThe bold row is the saved model.\n"
    }

    /// Some of the steps, from the first to the last in even distances.
    private static func spread(_ steps: [Int], _ count: Int) -> [Int] {
        guard steps.count > count else { return steps }
        guard count > 1 else { return count == 1 ? steps.suffix(1) : [] }
        return (0..<count).map { steps[$0 * (steps.count - 1) / (count - 1)] }
    }

    /// Time, memory and versions.
    var circumstances: String {
        let seconds = result.seconds
        let time =
            seconds < 60
            ? "\(Markdown.number((seconds * 10).rounded() / 10)) s"
            : "\(Markdown.number((seconds / 6).rounded() / 10)) min"
        return """
            ## Training

            - **Time:** \(time)
            - **Peak memory:** \((result.peakMemory >> 20).grouped) MiB
            - **Threads:** \(min(trainer.arguments.threads ?? .max, Parallel.availableThreads))
            - **Kernels:** \(model.kernelName)
            - **System:** \(Markdown.escaped(ProcessInfo.processInfo.operatingSystemVersionString))
            - **swift-sentence-transformers:** \(libraryVersion)

            """
    }
}
