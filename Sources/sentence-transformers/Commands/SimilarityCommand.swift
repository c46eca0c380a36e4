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
            Texts that begin with "-" stand behind "--".

            Examples:
              sentence-transformers similarity --model M "It is sunny." "It rains."
              sentence-transformers similarity --model M --input a.txt --json
            """)

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    @Argument(help: "The texts, if not from --input.")
    var texts: [String] = []

    @Option(help: ArgumentHelp("\(InputFile.help)", valueName: "file"))
    var input: String?

    @OptionGroup
    var kindOption: KindOption

    @Flag(help: "Print one JSON array of arrays.")
    var json = false

    func validate() throws {
        guard texts.isEmpty || input == nil else { throw ValidationError("texts come from --input or stand here") }
    }

    func run() throws {
        let inputs = texts.isEmpty ? try InputFile(input).read() : texts.map { TokenizerInput($0) }
        let pipeline = try common.loadPipeline(kindOption)
        let similarities =
            switch pipeline.kind {
            case .sentenceTransformer:
                try compared(SentenceTransformer(pipeline: pipeline), inputs) { $0.similarity($1, $1) }
            case .sparseEncoder: try compared(SparseEncoder(pipeline: pipeline), inputs) { $0.similarity($1, $1) }
            case .multiVectorEncoder:
                try compared(MultiVectorEncoder(pipeline: pipeline), inputs) { $0.similarity($1, $1) }
            case .crossEncoder: throw Failure.scoresPairs
            }
        try OutputTarget.standardOutput.writeLines { writer in
            if json {
                writer.append(similarities)
                try writer.endLine()
            } else {
                try Self.printRows(similarities, &writer)
            }
        }
    }

    private func compared<Model: TextEncoder>(
        _ model: Model, _ inputs: [TokenizerInput], _ compare: (Model, Model.Embeddings) -> Matrix
    ) throws -> Matrix {
        let (embeddings, receipts) = try ProgressBar(isQuiet: common.quiet).show(common.encodeOptions) {
            try model.encodeWithReceipts(inputs, options: $0)
        }
        if !common.quiet { Console.warnOfCuts(receipts) }
        return compare(model, embeddings)
    }

    /// Rows of numbers with four digits behind the point, aligned.
    private static func printRows(_ matrix: Matrix, _ writer: inout LineWriter) throws {
        let width = matrix.elements.reduce(0) { max($0, Matrix.format($1).count) }
        for row in 0..<matrix.rows {
            let numbers = matrix[row].map { Matrix.format($0).padded(to: width) }
            writer.append(numbers.joined(separator: "  "))
            try writer.endLine()
        }
    }
}
