// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Stores embeddings in fewer bytes, and tells what that costs.
struct QuantizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Store embeddings with fewer dimensions or in another precision, and measure what that costs.",
        usage: "sentence-transformers quantize --input <file> (--output <file> | --report) [<options>]",
        discussion: """
            Examples:
              sentence-transformers quantize --input docs.npy --precision int8 --save-ranges ranges.json --output docs8.npy
              sentence-transformers quantize --input docs.npy --report
            """)

    @OptionGroup
    var file: EmbeddedFileOptions

    @Option(help: ArgumentHelp("\(EmbeddedFileOptions.inputHelp)", valueName: "file"))
    var input: String

    @Option(
        help: ArgumentHelp("The file to write, .npy or .safetensors (tensor \"embeddings\").", valueName: "file"))
    var output: String?

    @OptionGroup
    var ranges: PrecisionOptions

    @Option(
        help: ArgumentHelp("Keep only so many leading dimensions.", valueName: "n"), transform: PositiveNumber.parse)
    var truncateDim: Int?

    @Flag(help: "Scale embeddings to length 1, after any truncation.")
    var normalize = false

    @Flag(
        help: """
            Print how many of the best rows of a search are still found with all, half and a quarter of the dimensions, in \
            float32, int8 and binary; also if four times as many rows are found and scored again.
            """)
    var report = false

    @Option(help: ArgumentHelp("With --report, the queries; by default, rows of the input.", valueName: "file"))
    var queries: String?

    @Option(
        help: ArgumentHelp("With --report, how many of the best rows count.", valueName: "n"),
        transform: PositiveNumber.parse)
    var topK: Int = 10

    @Flag(help: "With --report, print a JSON array of objects.")
    var json = false

    func validate() throws {
        guard report != (output != nil) else {
            throw ValidationError("give --output for the embeddings, or --report for what they would cost")
        }
        if report, ranges.precision != .float32 || truncateDim != nil || normalize {
            throw ValidationError("--report measures all precisions and dimensions; leave out the options for --output")
        }
        if !report, queries != nil || json { throw ValidationError("--queries and --json belong to --report") }
        if let output, !EmbeddingFile.isNamed(output) {
            throw ValidationError("expected an --output that ends in .npy or .safetensors")
        }
    }

    func run() throws {
        let saved = try ranges.load(isNormalized: normalize)
        if let output { _ = try Destination(URL(filePath: output)) }
        let embeddings = try file.load(input).embeddings.matrix()
        if report { return try printReport(embeddings) }
        guard let output else { return }
        var found = try truncateEmbeddings(embeddings, to: truncateDim)
        if normalize { found = normalizeEmbeddings(found) }
        let target = URL(filePath: output)
        guard ranges.precision != .float32 else { return try found.write(to: target) }
        let limits = ranges.hasRanges ? saved ?? QuantizationRanges(calibrating: found) : nil
        try quantizeEmbeddings(found, precision: ranges.precision, ranges: limits).write(to: target)
        if let limits, saved == nil {
            try ranges.save(limits, isNormalized: normalize, isQuiet: file.common.quiet)
        }
    }

    private func printReport(_ embeddings: Matrix) throws {
        let found = try precisionRecall(
            of: embeddings, queries: queries.map { try file.load($0).embeddings.matrix() }, topK: topK,
            threads: file.common.threads)
        try OutputTarget.print { writer in
            guard !json else {
                writer.append(list: found) { writer, row in
                    writer.append(
                        "{\"precision\":\"\(row.precision.rawValue)\",\"dimensions\":\(row.dimensions),\"bytes\":"
                            + "\(row.bytesPerEmbedding),\"recall@\(topK)\":\(row.recall),"
                            + "\"rescored_recall@\(topK)\":\(row.rescoredRecall)}")
                }
                return try writer.endLine()
            }
            writer.append("precision  dimensions  bytes  recall@\(topK)  rescored")
            try writer.endLine()
            for row in found {
                let cells = [
                    row.precision.rawValue.padded(to: 9, atEnd: true), "\(row.dimensions)".padded(to: 10),
                    "\(row.bytesPerEmbedding)".padded(to: 5),
                    Matrix.format(Float(row.recall)).padded(to: 7 + "\(topK)".count),
                    Matrix.format(Float(row.rescoredRecall)).padded(to: 8),
                ]
                writer.append(cells.joined(separator: "  "))
                try writer.endLine()
            }
        }
    }
}
