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

/// A model to a table of vectors of its tokens.
struct DistillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "distill",
        abstract: "Make a model without a network, hundreds of times faster, from any embedding model.",
        usage: "sentence-transformers distill --model <name> --output <folder> [<options>]",
        discussion: """
            Without texts, the new model only has the teacher's embeddings of single tokens. With --texts, or \
            --generate for texts of random words, it learns to embed whole texts as the teacher does.

            Examples:
              sentence-transformers distill --model all-MiniLM-L6-v2 --output static
              sentence-transformers distill --model all-MiniLM-L6-v2 --texts docs.txt --generate 100000 --output static
              sentence-transformers distill --model all-MiniLM-L6-v2 --layout model2vec --dtype int8 --output small
            """)

    /// The layouts of files.
    enum Layout: String, ExpressibleByArgument, CaseIterable {
        case sentenceTransformers = "sentence-transformers"
        case model2vec
    }

    @OptionGroup
    var source: ModelOptions

    @Option(help: "The arithmetic of the teacher's matrix products; what it loses, the table does not show.")
    var compute: ComputePrecision = .int8

    @Option(
        help: ArgumentHelp("Threads to use. (default: all that the process may use)", valueName: "n"),
        transform: PositiveNumber.parse)
    var threads: Int?

    @Option(help: ArgumentHelp("The folder to write.", valueName: "folder"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "The dimensions of embeddings. (default: 256, or the teacher's if those are fewer)", valueName: "n"),
        transform: PositiveNumber.parse)
    var dimensions: Int?

    @Option(help: ArgumentHelp("Texts to learn from, one a line.", valueName: "file"))
    var texts: [String] = []

    @Option(
        help: ArgumentHelp("Make so many texts of random words to learn from.", valueName: "n"),
        transform: PositiveNumber.parse)
    var generate: Int?

    @Option(help: ArgumentHelp("The tokens to keep, one a line; all by default.", valueName: "file"))
    var vocabulary: String?

    @Option(help: ArgumentHelp("How often texts are seen. (default: 3)", valueName: "n"))
    var epochs: Double?

    @Option(help: ArgumentHelp("How much frequent tokens count less; 0 for no difference.", valueName: "a"))
    var frequencyWeight: Double = 1e-4

    @Option(help: "The layout of the files.")
    var layout: Layout = .sentenceTransformers

    @Option(
        help: "How numbers are stored: float32, float16, bfloat16, or int8 in the layout model2vec. (default: float32)")
    var dtype: String?

    @Option(help: "The seed of everything random.")
    var seed: UInt64 = 42

    private var weightType: WeightType? { dtype.flatMap(WeightType.init) }
    private var staticType: StaticWeightType? { StaticWeightType(rawValue: dtype ?? "float32") }

    func validate() throws {
        let isKnown = layout == .model2vec ? staticType != nil : dtype == nil || weightType != nil
        guard isKnown else {
            throw ValidationError(
                layout == .model2vec
                    ? "--dtype of the layout model2vec: float32, float16 or int8"
                    : "--dtype: float32, float16 or bfloat16; int8 belongs to --layout model2vec")
        }
    }

    func run() throws {
        let folder = try ModelFolder(output)
        let teacher = try SentenceTransformer(
            pipeline: source.loading.pipeline(source.model, .sentenceTransformer, compute))
        var options = StaticDistillationOptions()
        options.dimensions = dimensions
        options.frequencyWeight = frequencyWeight == 0 ? nil : frequencyWeight
        options.texts = try texts.flatMap { try TextLines.read($0) }
        options.generatedTextCount = generate ?? 0
        options.vocabulary = try vocabulary.map { try TextLines.read($0) }
        options.epochs = epochs ?? options.epochs
        options.seed = seed
        options.threads = threads
        let model = try distillStatic(teacher, options: options) { if !source.quiet { Console.say($0) } }
        switch layout {
        case .sentenceTransformers: try folder.save(model, weightType)
        case .model2vec: try model.saveModel2Vec(to: folder.url, as: staticType ?? .float32)
        }
    }
}
