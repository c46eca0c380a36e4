// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import Foundation
import SentenceData
import SentenceTraining
import SentenceTransformers

/// Finds hard negatives for pairs.
struct NegativesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "negatives",
        abstract: "Print pairs with hard negatives, as lines of JSON to train on.",
        usage: "sentence-transformers mine negatives --model <folder-or-name> --input <file> [<options>]",
        discussion: """
            A hard negative is a document that the model takes for an answer although it is none.

            Examples:
              sentence-transformers mine negatives --model M --input pairs.jsonl --count 5 > triplets.jsonl
              sentence-transformers mine negatives --model M --input pairs.jsonl --rerank R --relative-margin 0.05
            """)

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    @Option(
        help: ArgumentHelp(
            "Queries and their positives: the first two columns of texts of .jsonl, .json, .csv or .tsv.",
            valueName: "file"))
    var input: String

    @Option(help: ArgumentHelp("More documents to find negatives among: one column of texts.", valueName: "file"))
    var corpus: String?

    @Option(
        help: ArgumentHelp(
            "A cross-encoder that scores candidates again, if there are limits.", valueName: "folder-or-name"))
    var rerank: String?

    @Option(help: ArgumentHelp("Negatives of each query.", valueName: "n"), transform: PositiveNumber.parse)
    var count: Int = 3

    @Option(help: ArgumentHelp("How many of the hardest to leave out.", valueName: "n"))
    var rangeMin: Int = 0

    @Option(
        help: ArgumentHelp("How many of the hardest to look at. (default: as many as are needed)", valueName: "n"),
        transform: PositiveNumber.parse)
    var rangeMax: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("The highest score of a negative.", valueName: "score"))
    var maxScore: Float?

    @Option(parsing: .unconditional, help: ArgumentHelp("The lowest score of a negative.", valueName: "score"))
    var minScore: Float?

    @Option(help: ArgumentHelp("By how much a negative scores below the positive.", valueName: "number"))
    var absoluteMargin: Float?

    @Option(help: ArgumentHelp("By which share a negative scores below the positive.", valueName: "share"))
    var relativeMargin: Float?

    @Option(
        help: ArgumentHelp(
            "Draw negatives at random from the range, with this seed. (default: the hardest)", valueName: "n"))
    var random: UInt64?

    @Option(help: "The rows to print.")
    var format: HardNegativeOptions.Format = .triplet

    @Option(
        help: ArgumentHelp(
            "Keep embeddings in a folder, so that another run with the same model and texts computes none.",
            valueName: "folder"))
    var cache: String?

    @Flag(help: "Print scores, in the place of labels where there are any.")
    var scores = false

    @Flag(help: "Leave positives among the candidates, to see where a model ranks them.")
    var includePositives = false

    func run() throws {
        let pairs = try TrainingData(contentsOf: URL(filePath: input))
        var options = HardNegativeOptions()
        options.corpus = try corpus.map(documents) ?? []
        (options.rangeMin, options.rangeMax, options.count) = (rangeMin, rangeMax, count)
        (options.maxScore, options.minScore) = (maxScore, minScore)
        (options.absoluteMargin, options.relativeMargin) = (absoluteMargin, relativeMargin)
        options.sampling = random.map { .random(seed: $0) } ?? .top
        (options.format, options.hasScores, options.includesPositives) = (format, scores, includePositives)
        options.queries = common.options(EncodeOptions())
        options.documents = common.options(EncodeOptions())
        options.cacheDirectory = cache.map { URL(filePath: $0, directoryHint: .isDirectory) }
        options.prediction = common.options(PredictOptions())
        let model = try common.load(SentenceTransformer.self)
        let reranker = try rerank.map {
            try CrossEncoder(
                pipeline: common.source.loading.pipeline($0, .crossEncoder, common.running.computing.compute))
        }
        let mined = try mineHardNegatives(pairs, model: model, crossEncoder: reranker, options: options)
        try print(mined.data)
        if !common.quiet { report(mined) }
    }

    /// The texts of a file.
    private func documents(_ file: String) throws -> [String] {
        let data = try TrainingData(contentsOf: URL(filePath: file))
        return try (0..<data.count).compactMap { row in
            try data.row(row).lazy.compactMap { if case .text(let text) = $0 { text } else { nil } }.first
        }
    }

    private func print(_ data: TrainingData) throws {
        try OutputTarget.print { writer in
            for row in 0..<data.count {
                writer.append("{")
                for (place, value) in try data.row(row).enumerated() {
                    if place > 0 { writer.append(",") }
                    writer.append(string: data.columnNames[place])
                    writer.append(":")
                    switch value {
                    case .text(let text): writer.append(string: text)
                    case .texts(let texts): writer.append(list: texts) { $0.append(string: $1) }
                    case .number(let number): writer.append(number: Float(number))
                    case .numbers(let numbers): writer.append(numbers.map { Float($0) })
                    }
                }
                writer.append("}")
                try writer.endLine()
            }
        }
    }

    private func report(_ mined: HardNegatives) {
        let limits = mined.ruledOut.map { "\($0.key) ruled out \($0.value) candidates" }.sorted()
        let missing = mined.missing > 0 ? ["\(mined.missing) rows are missing, for which too few were left"] : []
        let (positive, negative) = mined.meanScores
        Console.say(
            ([
                "mean score of positives \(Matrix.format(Float(positive))), of negatives \(Matrix.format(Float(negative)))"
            ]
                + limits + missing).joined(separator: "; "))
    }
}

extension HardNegativeOptions.Format: ExpressibleByArgument {}
