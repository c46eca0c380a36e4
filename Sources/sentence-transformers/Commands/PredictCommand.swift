// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

/// Pairs of texts to scores.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Write the scores of pairs of texts.",
        usage: "sentence-transformers predict --model <folder-or-name> [<options>]",
        discussion: """
            The model is a cross-encoder. With one label each pair gives a number, with several an array of numbers.

            Examples:
              sentence-transformers predict --model M --input pairs.jsonl
              sentence-transformers predict --model M --input pairs.jsonl --output scores.npy
            """)

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    @Option(
        help: ArgumentHelp(
            """
            The pairs: a file, or - for standard input. Each line is a JSON array of two strings, whatever the file is \
            called. (default: -)
            """, valueName: "file"))
    var input: String?

    @Option(
        help: ArgumentHelp(
            """
            The file to write, by its ending: .npy, .jsonl (a number or an array a line) or .safetensors (tensor \
            "scores"). Without it, JSON lines go to standard output.
            """, valueName: "file"), transform: OutputTarget.parse)
    var output: OutputTarget = .standardOutput

    @OptionGroup
    var score: ScoreOptions

    @Flag(help: "Turn the scores of several labels into probabilities.")
    var softmax = false

    func run() throws {
        try output.checkFolder()
        let pairs = try InputFile(input).readPairs()
        let model = try common.load(CrossEncoder.self)
        var options = score.predictOptions(common)
        options.appliesSoftmax = softmax
        let (scores, receipts) = try ProgressBar(isQuiet: common.quiet).show(options) {
            try model.predictWithReceipts(pairs, options: $0)
        }
        if !common.quiet { Console.warnOfCuts(receipts) }
        try EmbeddingOutput.scores(scores).write(to: output)
    }
}
