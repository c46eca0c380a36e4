// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
package import SentenceTransformers

/// Finds pairs and groups of texts that belong together.
struct MineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mine",
        abstract: "Find paraphrases, translations, duplicates or hard negatives.",
        subcommands: [ParaphrasesCommand.self, BitextCommand.self, DuplicatesCommand.self, NegativesCommand.self])
}

/// Finds the most similar pairs among texts.
struct ParaphrasesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paraphrases", abstract: "Print the most similar pairs among texts, best first.",
        usage: "sentence-transformers mine paraphrases --input <file> [--model <folder-or-name>] [<options>]",
        discussion: "The model may also be a SparseEncoder, and embeddings sparse: .npz (SciPy) or .safetensors.")

    @OptionGroup
    var file: EmbeddedFileOptions

    @Option(help: ArgumentHelp("\(EmbeddedFileOptions.inputHelp)", valueName: "file"))
    var input: String

    @Option(help: ArgumentHelp("The most pairs to print.", valueName: "n"), transform: PositiveNumber.parse)
    var maxPairs: Int = 500_000

    @Option(
        help: ArgumentHelp("For each text, how many of the most similar ones to look at.", valueName: "n"),
        transform: PositiveNumber.parse)
    var topK: Int = 100

    @Option(help: ArgumentHelp("The least score to print.", valueName: "score"))
    var threshold: Float?

    @Flag(help: "Print one JSON array of arrays: score, and the numbers of two rows.")
    var json = false

    func run() throws {
        let loaded = try file.loadCompared(input), threads = file.common.threads
        let progress = ShareProgress("comparing", isQuiet: file.common.quiet)
        var pairs =
            switch loaded {
            case .dense(let dense):
                try paraphraseMining(
                    dense.embeddings, maxPairs: maxPairs, topK: topK, scoreFunction: .cosine, threads: threads,
                    onProgress: { progress.add($0) })
            case .sparse(let embeddings, _):
                try paraphraseMining(
                    embeddings, maxPairs: maxPairs, topK: topK, scoreFunction: .cosine, threads: threads,
                    onProgress: { progress.add($0) })
            }
        progress.finish()
        if let threshold { pairs = pairs.filter { $0.score >= threshold } }
        try PairOutput(isJSON: json, first: loaded.texts, second: loaded.texts).print(pairs)
    }
}

/// Finds translations among two lists of texts.
struct BitextCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bitext", abstract: "Print pairs of a source and a target text that are translations, best first.",
        usage:
            "sentence-transformers mine bitext --source <file> --target <file> [--model <folder-or-name>] [<options>]")

    @OptionGroup
    var file: EmbeddedFileOptions

    @Option(help: ArgumentHelp("The texts of one language, or their embeddings.", valueName: "file"))
    var source: String

    @Option(help: ArgumentHelp("The texts of the other language, or their embeddings.", valueName: "file"))
    var target: String

    @Option(
        help: ArgumentHelp("How many nearest neighbours the score of a pair is compared with.", valueName: "n"),
        transform: PositiveNumber.parse)
    var neighbours: Int = 4

    @Option(help: "How the cosine of a pair is related to those of its neighbours.")
    var margin: BitextMargin = .ratio

    @Option(help: "Which pairs are printed.")
    var retrieval: BitextRetrieval = .max

    @Option(help: ArgumentHelp("The least score to print.", valueName: "score"))
    var threshold: Float?

    @Flag(help: "Print one JSON array of arrays: score, and the numbers of a source and a target row.")
    var json = false

    func run() throws {
        let (from, to) = (try file.load(source), try file.load(target))
        let progress = ShareProgress("comparing", isQuiet: file.common.quiet)
        let pairs = try bitextMining(
            source: from.embeddings, target: to.embeddings, k: neighbours, margin: margin, retrieval: retrieval,
            threshold: threshold, threads: file.common.threads,
            onProgress: { progress.add($0) })
        progress.finish()
        try PairOutput(isJSON: json, first: from.texts, second: to.texts).print(pairs)
    }
}

/// Finds texts that say the same.
struct DuplicatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duplicates", abstract: "Print groups of texts that are equal or nearly so, largest first.",
        usage: "sentence-transformers mine duplicates --input <file> [--model <folder-or-name>] [<options>]")

    @OptionGroup
    var file: EmbeddedFileOptions

    @Option(help: ArgumentHelp("\(EmbeddedFileOptions.inputHelp)", valueName: "file"))
    var input: String

    @Option(help: ArgumentHelp("The least cosine of duplicates.", valueName: "score"))
    var threshold: Float = 0.95

    @Flag(help: "Only texts that are equal byte by byte; needs no model.")
    var exact = false

    @Flag(help: "Join groups that have a pair of duplicates; otherwise all are duplicates of their group's first text.")
    var connected = false

    @Flag(help: "Print one JSON array of arrays of the numbers of rows.")
    var json = false

    func validate() throws {
        if exact, EmbeddingFile.isNamed(input) { throw ValidationError("--exact compares texts, not embeddings") }
        if exact, connected { throw ValidationError("--connected joins similar texts; --exact has none") }
    }

    func run() throws {
        guard !exact else {
            let source = file.rows.source([input])
            try source.check()
            let texts = try source.all(file.rows.reading(.texts), isQuiet: file.common.quiet).map(\.input.text)
            return try GroupOutput(isJSON: json, texts: texts).print(exactDuplicates(texts))
        }
        let loaded = try file.load(input)
        let progress = ShareProgress("comparing", isQuiet: file.common.quiet)
        let groups = try nearDuplicates(
            loaded.embeddings, threshold: threshold, grouping: connected ? .connected : .keepFirst,
            scoreFunction: .cosine, threads: file.common.threads, onProgress: { progress.add($0) })
        progress.finish()
        try GroupOutput(isJSON: json, texts: loaded.texts).print(groups)
    }
}

extension BitextMargin: ExpressibleByArgument {}
extension BitextRetrieval: ExpressibleByArgument {}
