// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTokenizers
import SentenceTransformers

extension ModelCard {
    /// The rows whose lengths are counted, and those that are shown.
    private static var countedRows: Int { 100 }
    private static var shownRows: Int { 3 }

    /// The data sets: sizes, columns, and some rows.
    ///
    /// - Throws: ``TrainingError`` if a row can no longer be read.
    var data: String {
        get throws {
            let training = try trainer.datasets.map(section).joined(separator: "\n")
            let evaluation = try trainer.evaluationDatasets.map(section).joined(separator: "\n")
            return "## Training data\n\n\(training)"
                + (evaluation.isEmpty ? "" : "\n## Evaluation data\n\n\(evaluation)")
        }
    }

    private func section(_ data: TrainingData) throws -> String {
        let rows = try (0..<min(data.count, Self.countedRows)).map(data.row)
        let names = data.columnNames.map(Markdown.code)
        let statistics = try data.columnNames.indices.map { column in try summary(rows.map { $0[column] }) }
        let samples = rows.prefix(Self.shownRows).map { row in
            row.map { value in
                value.allTexts.isEmpty
                    ? Markdown.code(value.allNumbers.prefix(8).map { "\($0)" }.joined(separator: ", "))
                    : value.allTexts.map(Markdown.code).joined(separator: "<br>")
            }
        }
        let name = data.name.isEmpty ? "Data without a name" : Markdown.escaped(data.name)
        return "### \(name)\n\n\(data.count.grouped) row\(data.count == 1 ? "" : "s"). "
            + "The first \(rows.count.grouped):\n\n"
            + Markdown.table([""] + names, [["values"] + statistics]) + "\nSamples:\n\n"
            + Markdown.table(names, samples)
    }

    /// What the values of a column are: tokens of texts, or how often each of a few numbers occurs, or their range.
    private func summary(_ values: [TrainingValue]) throws -> String {
        let texts = values.flatMap(\.allTexts), numbers = values.flatMap(\.allNumbers)
        guard texts.isEmpty else {
            let tokens = try model.tokenize(texts.map { TokenizerInput($0) }, maximumLength: nil)
            return "text, tokens: " + Self.range((0..<tokens.count).map { Double(tokens.tokenRange(at: $0).count) })
        }
        let counts = Dictionary(numbers.map { ($0, 1) }, uniquingKeysWith: +)
        guard counts.count <= 10, numbers.allSatisfy({ $0 == $0.rounded() }) else {
            return "number: " + Self.range(numbers)
        }
        return "number: "
            + counts.sorted { $0.key < $1.key }.map { value, count in
                "\(Markdown.number(value)) (\(Markdown.number((100 * Double(count) / Double(numbers.count)).rounded())) %)"
            }.joined(separator: ", ")
    }

    private static func range(_ numbers: [Double]) -> String {
        let mean = numbers.reduce(0, +) / Double(max(1, numbers.count))
        return "\(Markdown.number(numbers.min() ?? 0)) to \(Markdown.number(numbers.max() ?? 0)), "
            + "mean \(Markdown.number((mean * 100).rounded() / 100))"
    }

    /// The loss of each data set with its arguments.
    var losses: String {
        let sections = zip(trainer.datasets, trainer.losses).map { data, loss in
            let arguments = (try? JSONValue.object(loss.arguments).serialized(allowsNaN: true)) ?? "{}"
            let name = trainer.datasets.count > 1 ? " of \(Markdown.code(data.name))" : ""
            return "`\(loss.name)`\(name)"
                + (loss.arguments.isEmpty ? "\n" : ":\n\n" + Markdown.block(arguments, "json"))
        }
        return "## Loss\n\n" + sections.joined(separator: "\n")
    }
}
