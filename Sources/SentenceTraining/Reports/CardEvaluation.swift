// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceTransformers

/// The metrics of one evaluator before and after training, or the losses of the evaluation data.
struct CardEvaluation {
    /// One metric, by its name without that of the evaluator.
    struct Metric {
        let name: String
        let before: Double?
        let after: Double
        let isPrimary: Bool
    }

    /// The type of the evaluator; nil for losses.
    let evaluator: String?
    /// The name of the evaluator, which precedes those of its metrics.
    let name: String
    /// What it measures, such as `Semantic Similarity`.
    let task: String
    let metrics: [Metric]

    /// All that has been measured of the trained model.
    static func all<Model>(_ result: TrainingResult<Model>) -> [CardEvaluation] {
        let before = result.evaluationBefore?.metrics ?? [:]
        var left = (result.evaluationAfter?.metrics ?? [:]).sorted { $0.key < $1.key }
        let primary = result.evaluationAfter?.primaryMetrics ?? []
        func taken(_ prefix: String, _ belongs: (String) -> Bool) -> [Metric] {
            let own = left.filter { belongs($0.key) }
            left.removeAll { belongs($0.key) }
            let metrics = own.map { key, value in
                Metric(
                    name: String(key.dropFirst(prefix.count)), before: before[key], after: value,
                    isPrimary: primary.contains(key))
            }
            return metrics.filter(\.isPrimary) + metrics.filter { !$0.isPrimary }
        }
        let lossNames = result.trainer.evaluationDatasets.map { data in
            result.trainer.evaluationDatasets.count == 1 ? "eval_loss" : "eval_\(data.name)_loss"
        }
        let losses = CardEvaluation(
            evaluator: nil, name: "", task: "Loss",
            metrics: taken("eval_") { lossNames.contains($0) })
        // Longer names first, since a name may begin like another one; those without a name get the rest.
        let evaluators = result.trainer.evaluators.sorted { $0.name.count > $1.name.count }
        let measured = evaluators.map { evaluator in
            let prefix = evaluator.name.isEmpty ? "eval_" : "eval_\(evaluator.name)_"
            let type = String("\(Swift.type(of: evaluator))".prefix { $0 != "<" })
            return CardEvaluation(
                evaluator: type, name: evaluator.name, task: task(of: type),
                metrics: taken(prefix) { $0.hasPrefix(prefix) })
        }
        return (measured + [losses]).filter { !$0.metrics.isEmpty }
    }

    /// What evaluators of a type measure, as the reference says it.
    private static func task(of type: String) -> String {
        switch type {
        case "EmbeddingSimilarityEvaluator": "Semantic Similarity"
        case "MSEEvaluator": "Knowledge Distillation"
        default: words(type.hasSuffix("Evaluator") ? String(type.dropLast("Evaluator".count)) : type)
        }
    }

    /// A name in words: `pearson_cosine` and `PearsonCosine` are both `Pearson Cosine`.
    static func words(_ name: String) -> String {
        var words = ""
        for (index, character) in name.enumerated() {
            if character == "_" || character == "-" {
                words += " "
            } else if index == 0 || words.last == " " {
                words += character.uppercased()
            } else {
                if character.isUppercase, words.last?.isLowercase == true { words += " " }
                words.append(character)
            }
        }
        return words
    }
}

extension ModelCard {
    /// The metrics by evaluator, in a table each.
    var metrics: String {
        guard !evaluations.isEmpty else { return "" }
        var text = "## Evaluation\n"
        for evaluation in evaluations {
            let name = evaluation.name.isEmpty ? "" : " on \(Markdown.code(evaluation.name))"
            let type = evaluation.evaluator.map { ", by `\($0)`" } ?? ""
            text +=
                "\n### \(Markdown.escaped(evaluation.task))\n\nThe model before and after training\(name)\(type):\n\n"
            text += Markdown.table(
                ["Metric", "Before", "After"],
                evaluation.metrics.map { metric in
                    [
                        Markdown.escaped(metric.name), metric.before.map(Markdown.number) ?? "–",
                        Markdown.number(metric.after),
                    ].map { metric.isPrimary ? "**\($0)**" : $0 }
                })
        }
        return text
    }
}
