// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

/// Writes the scores of pairs of texts.
struct PredictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict",
        abstract: "Write the scores of pairs of texts, or the classes of texts.",
        usage: "sentence-transformers predict --model <folder-or-name> [<options>]",
        discussion: """
            With a cross-encoder, each pair gives a number, or of several labels an array of numbers. With a classifier \
            (few-shot), each text gives its label and the probability of that; .npy and .safetensors have those of all labels.

            Examples:
              sentence-transformers predict --model M --input pairs.jsonl
              sentence-transformers predict --model M --input pairs.jsonl --output scores.npy
              sentence-transformers predict --model topics --input texts.txt
            """)

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    @Option(
        help: ArgumentHelp(
            """
            The pairs: a file, or - for standard input; can be given several times. Any of them may be gzip. Lines are \
            JSON arrays of two strings, or objects, CSV or TSV with "sentence1" and "sentence2". (default: -)
            """, valueName: "file"))
    var input: [String] = []

    @OptionGroup
    var rows: RowOptions

    @OptionGroup
    var fields: FieldOptions

    @Option(
        help: ArgumentHelp(
            """
            The file to write; its extension sets the format: .npy, .jsonl (a number or an array per line) or \
            .safetensors (tensor "scores"). Without it, JSON lines go to standard output.
            """, valueName: "file"), transform: OutputTarget.parse)
    var output: OutputTarget = .standardOutput

    @Flag(help: ArgumentHelp(StreamingOutput.resumeHelp))
    var resume = false

    @OptionGroup
    var score: ScoreOptions

    @Flag(help: "Turn the scores of several labels into probabilities.")
    var softmax = false

    func validate() throws {
        if case .scipy = output { throw ValidationError("scores are written as .npy, .jsonl or .safetensors") }
        if resume, output == .standardOutput { throw ValidationError("--resume needs --output") }
        if rows.textField.count == 1 { throw ValidationError("a pair has two texts; give --text-field twice") }
    }

    func run() throws {
        try rows.source(input).check()
        let files = try OutputFiles(output, hasFields: fields.isGiven, isResumable: resume)
        defer { files.abandon() }
        let pipeline = try common.source.loading.pipeline(common.source.model, nil, common.running.computing.compute)
        if pipeline.kind == .sentenceTransformer {
            let classifier = try SentenceTransformer(pipeline: pipeline)
            if classifier.labels != nil { return try classify(classifier, files) }
        }
        // What is no cross-encoder says so itself.
        let model =
            try pipeline.kind == .crossEncoder ? CrossEncoder(pipeline: pipeline) : common.load(CrossEncoder.self)
        var options = score.predictOptions(common)
        options.appliesSoftmax = softmax
        let streaming = StreamingOutput(target: output, files: files, fields: fields, isQuiet: common.quiet)
        try files.resume(
            under: streaming.conditions(model, common).merging([
                "--prompt": score.prompt ?? "", "--prompt-name": score.promptName ?? "",
                "--activation": score.activation?.rawValue ?? "", "--softmax": "\(softmax)",
            ]) { $1 })
        let writer = StreamingOutput.matrixWriter(output, files, "scores")
        try streaming.run(rows.source(input), rows.reading(.pairs), writer, .ofRows, subject: "score") {
            pairs, progress in
            var options = options
            options.progress = progress
            let (scores, receipts) = try model.predictWithReceipts(pairs, options: options)
            return (.scores(scores), receipts)
        }
    }

    private func classify(_ model: SentenceTransformer, _ files: OutputFiles) throws {
        if output.isLines, let taken = fields.keep.first(where: ["label", "score"].contains) {
            throw Failure(
                "--keep \(taken): each result has a member of this name itself; rename the field in the input")
        }
        guard score.activation == nil, !softmax else {
            throw Failure("a classifier gives probabilities; --activation and --softmax are for cross-encoders")
        }
        var options = common.options(EncodeOptions())
        (options.prompt, options.promptName) = (score.prompt, score.promptName)
        let streaming = StreamingOutput(target: output, files: files, fields: fields, isQuiet: common.quiet)
        try files.resume(
            under: streaming.conditions(model, common).merging([
                "--prompt": score.prompt ?? "", "--prompt-name": score.promptName ?? "",
            ]) { $1 })
        let writer = StreamingOutput.matrixWriter(output, files, "scores")
        try streaming.run(rows.source(input), rows.reading(.texts), writer, .ofRows, subject: "class") {
            texts, progress in
            var options = options
            options.progress = progress
            let (scores, receipts) = try model.encodeWithReceipts(texts, options: options)
            return (output.isLines ? .classes(model.classifications(of: scores)) : .scores(scores), receipts)
        }
    }
}
