// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceFiles
import SentenceTraining
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A model and data to numbers that say how good the model is.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Measure how good a model of any kind is on pairs, triplets, scores or labels.",
        usage: "sentence-transformers evaluate --model <folder-or-name> --data <file> [<options>]",
        discussion: """
            The columns say what is measured: two texts with a score (correlation of similarities) or with 0 and 1 as \
            labels (classification by a threshold), anchor, positive and negative (accuracy), anchor and positive \
            (retrieval among all positives), english and non_english (translation).

            Examples:
              sentence-transformers evaluate --model M --data stsb-dev.jsonl --json
              sentence-transformers evaluate --model M --data triplets.csv --output results
            """)

    @OptionGroup(title: "Common options")
    var source: ModelOptions

    @OptionGroup
    var computing: ComputeOptions

    @OptionGroup
    var kindOption: KindOption

    @Option(
        help: ArgumentHelp("The rows to evaluate on: .jsonl, .json, .csv or .tsv, each also .gz.", valueName: "file"))
    var data: String

    @Option(help: ArgumentHelp("What precedes the names of metrics.", valueName: "name"))
    var name = ""

    @Option(help: ArgumentHelp("The folder to append a row of CSV to, as Python's library does.", valueName: "folder"))
    var output: String?

    @Flag(help: "Print one JSON object of the metrics.")
    var json = false

    func run() throws {
        let rows = try TrainingData(contentsOf: URL(filePath: data))
        let loaded = try source.loadPipeline(kindOption, computing.compute)
        switch loaded.kind {
        case .sentenceTransformer: try evaluate(SentenceTransformer(pipeline: loaded), rows)
        case .crossEncoder: try evaluate(CrossEncoder(pipeline: loaded), rows)
        case .sparseEncoder: try evaluate(SparseEncoder(pipeline: loaded), rows)
        case .multiVectorEncoder: try evaluate(MultiVectorEncoder(pipeline: loaded), rows)
        }
    }

    private func evaluate<Model: MeasurableModel>(_ model: Model, _ rows: TrainingData) throws {
        guard let evaluator = try model.evaluator(for: rows, name: name, threads: computing.threads) else {
            throw Failure(
                "\(data) has the columns \(rows.columnNames.joined(separator: ", ")), for which a \(Model.kind.rawValue) has "
                    + "no evaluator; expected \(Model.evaluatedColumns)")
        }
        let result = try evaluator.evaluate(model)
        if let output { try result.write(to: URL(filePath: output, directoryHint: .isDirectory)) }
        try OutputTarget.print { writer in
            writer.append(json ? try Self.object(result.metrics) : Self.table(result))
            if json { try writer.endLine() }
        }
    }

    private static func object(_ metrics: [Metric]) throws -> String {
        var object: JSONObject = [:]
        // JSON has no number for what is none.
        for metric in metrics {
            object[ExactString(metric.name)] = metric.value.isFinite ? .double(metric.value) : .null
        }
        return try JSONValue.object(object).serialized(.compact)
    }

    /// A line for each metric, the one that decides with a mark.
    private static func table(_ result: EvaluationResult) -> String {
        var table = Table()
        for metric in result.metrics {
            table.add(
                metric.name, metric.value.formatted(digits: 6) + (metric.name == result.primaryMetric ? "  (main)" : "")
            )
        }
        return table.text
    }
}

extension Double {
    /// The number with so many decimals.
    fileprivate func formatted(digits: Int) -> String {
        guard isFinite, magnitude < 1e9 else { return "\(self)" }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = Int((magnitude * scale).rounded())
        let fraction = String(scaled % Int(scale))
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return (self < 0 && scaled > 0 ? "-" : "") + "\(scaled / Int(scale)).\(zeros)\(fraction)"
    }
}
