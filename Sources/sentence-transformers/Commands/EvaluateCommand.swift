// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
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
        usage: "sentence-transformers evaluate --model <folder-or-name> --data <file-or-folder> [<options>]",
        discussion: """
            The columns say what is measured: two texts with a score (correlation of similarities) or with 0 and 1 as \
            labels (classification by a threshold), anchor, positive and negative (accuracy), anchor and positive \
            (retrieval among all positives), english and non_english (translation).
            A folder with corpus, queries and qrels as in BEIR says that retrieval is measured, or with bm25 for a \
            cross-encoder reranking; a folder of such folders, as NanoBEIR, that each and their mean is.

            Examples:
              sentence-transformers evaluate --model M --data stsb-dev.jsonl --json
              sentence-transformers evaluate --model M --data scifact --confidence --compare N
              sentence-transformers evaluate --model M --data triplets.csv --output results
            """)

    @OptionGroup(title: "Common options")
    var source: ModelOptions

    @OptionGroup
    var computing: ComputeOptions

    @OptionGroup
    var kindOption: KindOption

    @Option(
        help: ArgumentHelp(
            "The rows to evaluate on: .jsonl, .json, .csv or .tsv, each also .gz; or a folder with corpus, queries and qrels, "
                + "or of such folders.", valueName: "file-or-folder"))
    var data: String

    @Option(help: ArgumentHelp("What precedes the names of metrics.", valueName: "name"))
    var name = ""

    @Option(help: ArgumentHelp("The folder to append a row of CSV to, as Python's library does.", valueName: "folder"))
    var output: String?

    @Flag(
        help: ArgumentHelp(
            "Write into the folder of --output also what was found for each query, one JSON object a line, as Python's "
                + "library does."))
    var predictions = false

    @Option(help: ArgumentHelp("Which file of qrels to read in a folder.", valueName: "name"))
    var split = "test"

    @Flag(help: "Print where metrics would lie for other queries or pairs of the same kind, with 95 % certainty.")
    var confidence = false

    @Option(
        help: ArgumentHelp(
            "Another model of the same kind to compare with, and print how probable the difference is by chance.",
            valueName: "folder-or-name"))
    var compare: String?

    @Flag(help: "Print one JSON object of the metrics.")
    var json = false

    func validate() throws {
        if predictions, output == nil { throw ValidationError("--predictions needs a folder, --output") }
    }

    func run() throws {
        let data = try EvaluatedInput(path: data, split: split)
        let loaded = try source.loadPipeline(kindOption, computing.compute)
        let other = try compare.map { name in
            var source = source
            source.model = name
            return try source.loadPipeline(kindOption, computing.compute)
        }
        if let other, other.kind != loaded.kind {
            throw Failure(
                "\(source.model) is a \(loaded.kind.rawValue) and \(compare ?? "") a \(other.kind.rawValue); expected models of "
                    + "one kind")
        }
        switch loaded.kind {
        case .sentenceTransformer: try evaluate(loaded, other, data, SentenceTransformer.init(pipeline:))
        case .crossEncoder: try evaluate(loaded, other, data, CrossEncoder.init(pipeline:))
        case .sparseEncoder: try evaluate(loaded, other, data, SparseEncoder.init(pipeline:))
        case .multiVectorEncoder: try evaluate(loaded, other, data, MultiVectorEncoder.init(pipeline:))
        }
    }

    private func evaluate<Model: MeasurableModel>(
        _ loaded: ModelPipeline, _ other: ModelPipeline?, _ data: EvaluatedInput,
        _ make: (ModelPipeline) throws -> Model
    ) throws {
        func result(_ pipeline: ModelPipeline) throws -> EvaluationResult {
            let model = try make(pipeline)
            let evaluator = try data.evaluator(
                for: model, name: name, keepsPredictions: predictions, threads: computing.threads)
            let progress = ShareProgress("evaluating", isQuiet: source.quiet)
            defer { progress.finish() }
            return try evaluator.evaluateBlocking(model) { progress.set($0) }
        }
        let found = try result(loaded)
        if predictions, found.predictions.isEmpty {
            throw Failure(
                "--predictions is for a search in a folder with corpus, queries and qrels, by a model that has embeddings"
            )
        }
        let report = try EvaluationReport(
            found, interval: confidence, other: other.map { (compare ?? "", try result($0)) })
        if let output { try found.write(to: URL(filePath: output, directoryHint: .isDirectory)) }
        try OutputTarget.print { writer in
            writer.append(json ? try report.json() : report.table())
            if json { try writer.endLine() }
        }
    }
}
