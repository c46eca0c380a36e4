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

/// A model and data to a better model.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Fine-tune a model of any kind on pairs, triplets, scores or labels.",
        usage: """
            sentence-transformers train --model <name> --train <file> --loss <name> --output <folder>
            sentence-transformers train --config <file> [--resume] [--dry-run]
            """,
        discussion: """
            Data are .jsonl, .csv or .tsv, each also .gz, with columns such as anchor, positive and negative, or score. \
            --dry-run prints the plan and the first rows as the loss sees them, and writes nothing. After Ctrl-C a \
            checkpoint is saved, from which --resume goes on.

            Examples:
              sentence-transformers train --model all-MiniLM-L6-v2 --train pairs.jsonl \\
                --loss MultipleNegativesRankingLoss --output trained
              sentence-transformers train --config run.yaml --resume
            """)

    @Option(help: ArgumentHelp("All settings in one file, JSON or YAML; options win over it.", valueName: "file"))
    var config: String?

    @Option(help: ArgumentHelp("The folder of a model, or its name on the Hub.", valueName: "folder-or-name"))
    var model: String?

    @OptionGroup
    var kindOption: KindOption

    @Option(help: ArgumentHelp("The rows to learn from; may be given several times.", valueName: "file"))
    var train: [String] = []

    @Option(
        name: .customLong("eval"),
        help: ArgumentHelp("The rows to evaluate on: the loss, and what \"evaluate\" measures.", valueName: "file"))
    var evaluationFiles: [String] = []

    @Option(
        help: ArgumentHelp(
            "The loss, by its class name such as MultipleNegativesRankingLoss, or as JSON with its arguments.",
            valueName: "name"))
    var loss: String?

    @Option(help: ArgumentHelp("Where the model, its checkpoints and the log go.", valueName: "folder"))
    var output: String?

    @Option(help: ArgumentHelp("How often all rows are seen. (default: 3)", valueName: "n"))
    var epochs: Double?

    @Option(help: ArgumentHelp("Steps to take, whatever --epochs says.", valueName: "n"))
    var maxSteps: Int?

    @Option(help: ArgumentHelp("Rows of a batch. (default: 8)", valueName: "n"))
    var batchSize: Int?

    @Option(help: ArgumentHelp("The highest learning rate. (default: 5e-5)", valueName: "rate"))
    var learningRate: Double?

    @Option(help: ArgumentHelp("The share of the steps over which the learning rate rises.", valueName: "share"))
    var warmupRatio: Double?

    @Option(
        help: ArgumentHelp(
            "Any other setting, by the name that a file of settings has for it; may be given several times.",
            valueName: "name=value"))
    var set: [String] = []

    @Option(help: "The seed of everything random. (default: 42)")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Mine so many hard negatives for each pair of the rows before training; for embedding models.",
            valueName: "n"), transform: PositiveNumber.parse)
    var mine: Int?

    @Option(
        help: ArgumentHelp(
            "Train a LoRA adapter instead of the weights: r=16,alpha=32,dropout=0.1,targets=query+value.",
            valueName: "options"))
    var lora: String?

    @Flag(help: "Go on from the last checkpoint in the output folder, if there is one.")
    var resume = false

    @Flag(help: "Print what would be done, and write nothing.")
    var dryRun = false

    @Option(help: "The arithmetic of matrix products: float32 or bfloat16.")
    var compute: ComputePrecision?

    @Option(
        help: ArgumentHelp("Threads to use. (default: all that the process may use)", valueName: "n"),
        transform: PositiveNumber.parse)
    var threads: Int?

    @Flag(help: "Print neither progress nor warnings.")
    var quiet = false

    @OptionGroup
    var hub: HubOptions

    func run() throws {
        let settings = try settings()
        guard let model = settings.model else { throw ValidationError("--model is missing") }
        guard !settings.train.isEmpty else { throw ValidationError("--train is missing") }
        guard settings.output != nil || dryRun else { throw ValidationError("--output is missing") }
        let loaded = try NamedModel.pipeline(
            model, kindOption.kind?.kind, settings.arguments.compute, hub, quiet: quiet)
        switch loaded.kind {
        case .sentenceTransformer: try train(SentenceTransformer(pipeline: loaded), settings)
        case .crossEncoder: try train(CrossEncoder(pipeline: loaded), settings)
        case .sparseEncoder: try train(SparseEncoder(pipeline: loaded), settings)
        case .multiVectorEncoder: try train(MultiVectorEncoder(pipeline: loaded), settings)
        }
    }

    /// The settings of the file, and those of the options, which win.
    private func settings() throws -> TrainConfig {
        var settings = try config.map { try TrainConfig(SettingsFile.read($0), file: $0) } ?? TrainConfig()
        var given: JSONObject = [:]
        for setting in set {
            guard let split = setting.firstIndex(of: "=") else {
                throw ValidationError("--set takes name=value, found \(setting)")
            }
            let text = String(setting[setting.index(after: split)...])
            given[ExactString(String(setting[..<split]))] = (try? JSONValue(parsing: text)) ?? .string(text)
        }
        if !given.isEmpty { try settings.apply(given, file: "--set") }
        if let model { settings.model = model }
        if !train.isEmpty { settings.train = train.map { (nil, $0) } }
        if !evaluationFiles.isEmpty { settings.eval = evaluationFiles.map { (nil, $0) } }
        if let lora { try settings.apply(["lora": .string(lora)], file: "--lora") }
        if let loss { settings.losses = ["": loss.hasPrefix("{") ? try JSONValue(parsing: loss) : .string(loss)] }
        if let output { settings.output = output }
        if let epochs { settings.arguments.epochs = epochs }
        if let maxSteps { settings.arguments.maxSteps = maxSteps }
        if let batchSize { settings.arguments.batchSize = batchSize }
        if let learningRate { settings.arguments.learningRate = learningRate }
        if let warmupRatio { settings.arguments.warmupRatio = warmupRatio }
        if let seed { settings.arguments.seed = seed }
        if let compute { settings.arguments.compute = compute }
        if let threads { settings.arguments.threads = threads }
        return settings
    }

    /// The rows with hard negatives, if they are asked for.
    private func withNegatives(
        _ data: TrainingData, _ model: some MeasurableModel, _ arguments: TrainingArguments
    ) throws -> TrainingData {
        guard let mine else { return data }
        guard let model = model as? SentenceTransformer else {
            throw Failure("--mine needs an embedding model; \"mine negatives\" finds negatives with one for all others")
        }
        var options = HardNegativeOptions()
        (options.count, options.format) = (mine, .tuple)
        for (column, place) in zip(try data.pairColumns(), [\HardNegativeOptions.queries, \.documents]) {
            let prompt = arguments.prompts.prompt(column: data.columnNames[column], dataset: data.name)
            if !prompt.isEmpty { options[keyPath: place].prompt = prompt }
            options[keyPath: place].maximumSequenceLength = arguments.maxSequenceLength
            options[keyPath: place].threads = arguments.threads
        }
        let mined = try mineHardNegatives(data, model: model, options: options)
        if !quiet, mined.missing > 0 {
            Console.warn("\(data.name): \(mined.missing) pairs have fewer than \(mine) negatives, and are left out")
        }
        return mined.data
    }

    private func train<Model: MeasurableModel>(_ model: Model, _ settings: TrainConfig) throws {
        let datasets = try settings.train.map {
            try withNegatives(
                TrainingData(contentsOf: URL(filePath: $0.path), name: $0.name), model, settings.arguments)
        }
        let model = try settings.lora.map { try model.addingAdapter($0, seed: settings.arguments.seed) } ?? model
        let evaluation = try settings.eval.map { try TrainingData(contentsOf: URL(filePath: $0.path), name: $0.name) }
        let losses = try Dictionary(datasets.map { ($0.name, try settings.loss(of: $0.name, for: Model.kind)) }) { $1 }
        // Where no evaluator fits the columns, there is the loss.
        let evaluators = try evaluation.compactMap {
            try model.evaluator(for: $0, name: $0.name, threads: settings.arguments.threads)
        }
        let report = TrainReport(isQuiet: quiet)
        let trainer = try Trainer(
            model: model, arguments: settings.resolvedArguments(), datasets: datasets, losses: losses,
            evaluationDatasets: evaluation, evaluators: evaluators, callbacks: [report])
        if dryRun { return report.print(try trainer.plan()) }
        Interruption.finishesFirst()
        let result = try trainer.trainBlocking(resuming: resume)
        guard let output = settings.output else { return }
        let folder = URL(filePath: output, directoryHint: .isDirectory)
        if result.isInterrupted {
            let checkpoint = folder.appending(path: "checkpoint-\(result.step)").path
            Console.say("interrupted after step \(result.step); \(checkpoint) is saved, and --resume goes on from it")
            Interruption.exit()
        }
        try result.save(to: folder, card: settings.card)
        report.finish(result.seconds, result.peakMemory, folder)
    }
}
