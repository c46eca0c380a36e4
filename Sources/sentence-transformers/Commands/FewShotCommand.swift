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

/// A few examples of each class to a classifier.
struct FewShotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "few-shot",
        abstract: "Make a classifier of texts from an embedding model and a few examples of each class.",
        usage: "sentence-transformers few-shot --model <name> --train <file> [--eval <file>] --output <folder>",
        discussion: """
            Rows have a "text" and a "label", which is a name or a number; eight of each class are enough. The folder is \
            read by "predict", which then answers with labels, and by the Python library.

            Examples:
              sentence-transformers few-shot --model all-MiniLM-L6-v2 --train examples.jsonl --output topics
              sentence-transformers predict --model topics --input texts.txt
            """)

    @OptionGroup
    var source: ModelOptions

    @Option(help: ArgumentHelp("The examples: .jsonl, .json, .csv or .tsv.", valueName: "file"))
    var train: String

    @Option(
        name: .customLong("eval"),
        help: ArgumentHelp(
            "Other rows, whose classes are found before and after the model has been trained.", valueName: "file"))
    var evaluation: String?

    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var output: String

    @Option(
        help: ArgumentHelp("Pairs of each sort that are made of an example; 0 trains the head only.", valueName: "n"))
    var pairs: Int = 20

    @Option(help: ArgumentHelp("How often each pair is seen.", valueName: "n"))
    var epochs: Double = 1

    @Option(help: ArgumentHelp("Pairs of a batch.", valueName: "n"), transform: PositiveNumber.parse)
    var batchSize: Int = 16

    @Option(help: ArgumentHelp("The highest learning rate.", valueName: "rate"))
    var learningRate: Double = 2e-5

    @Option(help: "The seed of everything random.")
    var seed: UInt64 = 42

    @OptionGroup
    var computing: ComputeOptions

    func validate() throws {
        guard pairs >= 0 else { throw ValidationError("--pairs is \(pairs); expected 0 or more") }
    }

    func run() throws {
        let folder = try ModelFolder(output)
        let examples = try LabelledTexts(contentsOf: URL(filePath: train))
        let test = try evaluation.map { try LabelledTexts(contentsOf: URL(filePath: $0)) }
        let model = try SentenceTransformer(
            pipeline: source.loading.pipeline(source.model, .sentenceTransformer, computing.compute))
        var options = FewShotOptions()
        options.pairsPerExample = 0
        (options.epochs, options.batchSize) = (epochs, batchSize)
        (options.learningRate, options.seed, options.threads) = (learningRate, seed, computing.threads)
        if let test, pairs > 0 {
            let before = try trainClassifier(model, examples: examples, options: options)
            try report("embeddings as they were", accuracy(before, test))
        }
        options.pairsPerExample = pairs
        let classifier = try trainClassifier(model, examples: examples, options: options)
        if let test { try report(pairs > 0 ? "after training" : "embeddings as they are", accuracy(classifier, test)) }
        try folder.save(classifier, nil)
    }

    private func report(_ what: String, _ accuracy: Double) {
        Console.say("accuracy, \(what): \(Matrix.format(Float(accuracy)))")
    }

    private func accuracy(_ model: SentenceTransformer, _ test: LabelledTexts) throws -> Double {
        var options = EncodeOptions()
        options.threads = computing.threads
        let found = try model.classify(test.texts, options: options)
        let hits = zip(found, test.classes).count { $0.label == test.labels[$1] }
        return Double(hits) / Double(test.texts.count)
    }
}
