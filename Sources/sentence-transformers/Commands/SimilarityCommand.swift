// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentencePlots
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Prints or writes the similarities of all pairs of texts.
struct SimilarityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "similarity",
        abstract: "Print the similarities of all pairs of texts.",
        usage: "sentence-transformers similarity --model <folder-or-name> [<texts> ...] [<options>]",
        discussion: """
            Each line is a row of the matrix and its text. Put texts that begin with "-" after "--".

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
            The file to write; its extension sets the format: .npy, .jsonl (one array per line) or .safetensors \
            (tensor "similarities").
            """, valueName: "file"), transform: OutputTarget.parse)
    var output: OutputTarget = .standardOutput

    @OptionGroup
    var kindOption: KindOption

    @Flag(help: "Print one JSON array of arrays.")
    var json = false

    @Option(
        help: ArgumentHelp("Draw the matrix as a heat map, .svg or .html.", valueName: "file"),
        transform: PlotFile.parse)
    var plot: URL?

    @Flag(
        help: """
            Show tokens in the place of texts: of a sparse model the weights of the heaviest tokens of all texts, of a \
            multi-vector model the products of all token vectors of two texts, a query and a document.
            """)
    var tokens = false

    /// The largest number of rows to print; more need a file.
    private static let mostPrinted = 2000
    /// About how many similarities are computed at a time before they are written to a file.
    private static let blockSize = 1 << 22
    /// The fewest rows to compute at a time, since all embeddings are prepared again each time.
    private static let leastBlockRows = 256

    func validate() throws {
        guard texts.isEmpty || input.input.isEmpty else {
            throw ValidationError("texts come from --input or stand here")
        }
        if case .scipy = output { throw ValidationError("similarities are written as .npy, .jsonl or .safetensors") }
        if json, output != .standardOutput { throw ValidationError("--json prints; --output writes a file") }
        if tokens || plot != nil, output != .standardOutput {
            throw ValidationError("--tokens and --plot show a matrix; --output writes similarities to a file")
        }
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
        if let plot { _ = try Destination(plot) }
        let pipeline = try common.loadPipeline(kindOption)
        if tokens { return try show(TokenHeatMap.of(inputs, pipeline, common)) }
        switch pipeline.kind {
        case .sentenceTransformer:
            try write(SentenceTransformer(pipeline: pipeline), inputs, files) { model, embeddings, rows in
                try model.similarity(embeddings[rows: rows], embeddings)
            }
        case .sparseEncoder:
            try write(SparseEncoder(pipeline: pipeline), inputs, files) { model, embeddings, rows in
                let part = try SparseMatrix(rows: rows.map { embeddings[$0] }, columns: embeddings.columns)
                return try model.similarity(part, embeddings)
            }
        case .multiVectorEncoder:
            try write(MultiVectorEncoder(pipeline: pipeline), inputs, files) { model, embeddings, rows in
                try model.similarity(Array(embeddings[rows]), embeddings)
            }
        case .crossEncoder: throw Failure.scoresPairs
        }
    }

    /// Computes and writes the matrix; if it is written to a file, it is never in memory as a whole.
    ///
    /// `compare` compares the embeddings of some rows with all embeddings.
    private func write<Model: TextEncoder>(
        _ model: Model, _ inputs: [TokenizerInput], _ files: OutputFiles,
        _ compare: (Model, Model.Embeddings, Range<Int>) throws -> Matrix
    ) throws {
        let embeddings = try encoded(model, inputs)
        var notFinite = NotFiniteCount()
        if output == .standardOutput {
            let similarities = try compare(model, embeddings, 0..<inputs.count)
            notFinite.add(.embeddings(similarities), after: 0)
            try printed(similarities, inputs)
        } else {
            let writer = StreamingOutput.matrixWriter(output, files, "similarities")
            let blockRows = max(Self.leastBlockRows, Self.blockSize / max(1, inputs.count))
            // Even without texts there is one block, since the file needs a shape.
            for first in stride(from: 0, to: max(1, inputs.count), by: blockRows) {
                let block = try compare(model, embeddings, first..<min(first + blockRows, inputs.count))
                notFinite.add(.embeddings(block), after: first)
                try writer.write(.embeddings(block), fields: [[UInt8]?](repeating: nil, count: block.rows))
            }
            try writer.finish()
        }
        if !common.quiet { notFinite.warn("row of similarities", plural: "rows of similarities") }
    }

    private func encoded<Model: TextEncoder>(_ model: Model, _ inputs: [TokenizerInput]) throws -> Model.Embeddings {
        try model.encoded(inputs, common.options(Model.Options()), isQuiet: common.quiet)
    }

    /// Draws and prints a heat map.
    private func show(_ map: HeatMap) throws {
        if let plot { try map.write(to: plot) }
        try OutputTarget.print { writer in
            guard json else { return writer.append(map.table) }
            writer.append("{\"rows\":")
            writer.append(list: map.rows) { $0.append(string: $1) }
            writer.append(",\"columns\":")
            writer.append(list: map.columns) { $0.append(string: $1) }
            writer.append(",\"values\":")
            writer.append(map.values)
            writer.append("}")
            try writer.endLine()
        }
    }

    private func printed(_ similarities: Matrix, _ inputs: [TokenizerInput]) throws {
        if let plot {
            let names = inputs.map(\.label)
            try HeatMap(similarities, rows: names, columns: names).write(to: plot)
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

    /// Prints rows of aligned numbers with four decimals, each followed by its text.
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
    /// The input as a table shows it: its beginning, on one line.
    var label: String {
        let limit = 60
        let whole = [text, pair].compactMap(\.self).map(\.onOneLine).joined(separator: " | ")
        return whole.count > limit ? whole.prefix(limit - 1) + "…" : whole
    }
}
