// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

/// All pairs of texts to similarities.
struct SimilarityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similarity",
        abstract: "Print the similarities of all pairs of texts.",
        usage: "sentence-transformers similarity --model <folder-or-name> [<texts> ...] [<options>]",
        discussion: """
            Each line is a row of the matrix and its text. Texts that begin with "-" stand after "--".

            Examples:
              sentence-transformers similarity --model M "It is sunny." "It rains."
              sentence-transformers similarity --model M --input a.txt --json
            """)

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    @Argument(help: "The texts, if not from --input.")
    var texts: [String] = []

    @OptionGroup
    var input: InputOptions

    @Option(
        help: ArgumentHelp(
            """
            The file to write, by its ending: .npy, .jsonl (one array a line) or .safetensors (tensor "similarities").
            """, valueName: "file"), transform: OutputTarget.parse)
    var output: OutputTarget = .standardOutput

    @OptionGroup
    var kindOption: KindOption

    @Flag(help: "Print one JSON array of arrays.")
    var json = false

    /// More rows are for a file.
    private static let mostPrinted = 2000

    func validate() throws {
        guard texts.isEmpty || input.input.isEmpty else {
            throw ValidationError("texts come from --input or stand here")
        }
        if case .scipy = output { throw ValidationError("similarities are written as .npy, .jsonl or .safetensors") }
        if json, output != .standardOutput { throw ValidationError("--json prints; --output writes a file") }
    }

    func run() throws {
        try input.source.check()
        let files = try OutputFiles(output)
        defer { files.abandon() }
        let source: RowSource = texts.isEmpty ? input.source : .texts(texts)
        let inputs = try source.all(input.rows.reading(.either), isQuiet: common.quiet).map(\.input)
        guard output != .standardOutput || inputs.count <= Self.mostPrinted else {
            throw Failure(
                "\(inputs.count) texts give \(inputs.count * inputs.count) similarities, which are too many to print; "
                    + "name a file with --output, for example --output similarities.npy")
        }
        let pipeline = try common.loadPipeline(kindOption)
        let similarities =
            switch pipeline.kind {
            case .sentenceTransformer:
                try compared(SentenceTransformer(pipeline: pipeline), inputs) { try $0.similarity($1, $1) }
            case .sparseEncoder: try compared(SparseEncoder(pipeline: pipeline), inputs) { try $0.similarity($1, $1) }
            case .multiVectorEncoder:
                try compared(MultiVectorEncoder(pipeline: pipeline), inputs) { try $0.similarity($1, $1) }
            case .crossEncoder: throw Failure.scoresPairs
            }
        guard output == .standardOutput else {
            let writer = StreamingOutput.matrixWriter(output, files, "similarities")
            let fields = [[UInt8]?](repeating: nil, count: similarities.rows)
            try writer.write(.embeddings(similarities), fields: fields)
            return try writer.finish()
        }
        try OutputTarget.print { writer in
            if json {
                writer.append(similarities)
                try writer.endLine()
            } else {
                try Self.printRows(similarities, inputs, &writer)
            }
        }
    }

    private func compared<Model: TextEncoder>(
        _ model: Model, _ inputs: [TokenizerInput], _ compare: (Model, Model.Embeddings) throws -> Matrix
    ) throws -> Matrix {
        let progress = TextProgress(isQuiet: common.quiet, total: .texts(inputs.count))
        defer { Console.clearLine() }
        var options = common.encodeOptions
        options.progress = { progress.update($0.completed) }
        let (embeddings, receipts) = try model.encodeWithReceipts(inputs, options: options)
        progress.finish(inputs.count)
        let similarities = try compare(model, embeddings)
        if !common.quiet {
            var cuts = CutCount()
            cuts.add(receipts)
            cuts.warn()
            var notFinite = NotFiniteCount()
            notFinite.add(.embeddings(similarities), after: 0)
            notFinite.warn("row of similarities")
        }
        return similarities
    }

    /// Rows of numbers with four digits after the point, aligned, and the text that each row belongs to.
    private static func printRows(_ matrix: Matrix, _ inputs: [TokenizerInput], _ writer: inout LineWriter) throws {
        let width = matrix.elements.reduce(0) { max($0, Matrix.format($1).count) }
        for row in 0..<matrix.rows {
            let numbers = matrix[row].map { Matrix.format($0).padded(to: width) }
            writer.append(numbers.joined(separator: "  ") + "  " + inputs[row].label)
            try writer.endLine()
        }
    }
}

extension TokenizerInput {
    /// What a table calls the input: its beginning, on one line.
    fileprivate var label: String {
        let limit = 60
        let whole = [text, pair].compactMap(\.self).map(\.onOneLine).joined(separator: " | ")
        return whole.count > limit ? whole.prefix(limit - 1) + "…" : whole
    }
}
