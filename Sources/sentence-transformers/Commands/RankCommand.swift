// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

/// Prints documents by how well they answer a query.
struct RankCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rank",
        abstract: "Print documents by how well they answer a query, best first.",
        usage: "sentence-transformers rank --model <folder-or-name> --query <text> [<options>]",
        discussion: """
            The model is a cross-encoder with one label.

            Examples:
              sentence-transformers rank --model M --query "Who eats pasta?" --documents a.txt
              sentence-transformers rank --model M --query "Who eats pasta?" --top-k 3 --json < a.txt
            """)

    @OptionGroup(title: "Common options")
    var common: CommonOptions

    @Option(parsing: .unconditional, help: ArgumentHelp("The query that the documents answer.", valueName: "text"))
    var query: String

    @Option(
        help: ArgumentHelp(
            """
            The documents: a file, or - for standard input; can be given several times. Any of them may be gzip. .jsonl \
            has a JSON string or an object with "text" on each line, .json one array of these, .csv and .tsv a header; \
            in any other file each line is a document. (default: -)
            """, valueName: "file"))
    var documents: [String] = []

    @OptionGroup
    var rows: RowOptions

    @OptionGroup
    var fields: FieldOptions

    @Option(
        help: ArgumentHelp("The number of documents to print. (default: all)", valueName: "n"),
        transform: PositiveNumber.parse)
    var topK: Int?

    @OptionGroup
    var score: ScoreOptions

    @Flag(help: "Print one JSON array of objects with \"corpus_id\", \"score\" and \"text\".")
    var json = false

    func validate() throws {
        if fields.isGiven, !json { throw ValidationError("--id-field and --keep need --json") }
    }

    func run() throws {
        let source = rows.source(documents)
        try source.check()
        let inputs = try source.all(rows.reading(.texts).keeping(fields), isQuiet: common.quiet)
        let model = try common.load(CrossEncoder.self)
        let progress = TextProgress(isQuiet: common.quiet, total: .texts(inputs.count))
        defer { Console.clearLine() }
        var options = score.predictOptions(common)
        options.progress = { progress.update($0.completed) }
        let (ranked, receipts) = try model.rankWithReceipts(
            query, documents: inputs.map(\.input.text), options: options)
        progress.finish(inputs.count)
        if !common.quiet { try warn(ranked, receipts) }
        try OutputTarget.print { writer in
            let shown = ranked.prefix(topK ?? ranked.count)
            if json {
                writer.append(list: shown) { $0.append($1, inputs[$1.index].fields) }
                try writer.endLine()
            } else {
                try Self.print(shown, &writer)
            }
        }
    }

    private func warn(_ ranked: [RankedDocument], _ receipts: [TruncationReceipt]) throws {
        var cuts = CutCount()
        cuts.add(receipts)
        cuts.warn()
        let scores = ranked.sorted { $0.index < $1.index }.map { [$0.score] }
        var notFinite = NotFiniteCount()
        notFinite.add(.scores(try Matrix(rows: scores)), after: 0)
        notFinite.warn("score")
    }

    /// Prints a line for each document: its score with four decimals, its index and its text.
    private static func print(_ ranked: some Collection<RankedDocument>, _ writer: inout LineWriter) throws {
        let width = ranked.reduce(0) { max($0, Matrix.format($1.score).count) }
        let indexWidth = ranked.reduce(0) { max($0, "\($1.index)".count) }
        for hit in ranked {
            writer.append(Matrix.format(hit.score).padded(to: width) + "  ")
            writer.append("\(hit.index)".padded(to: indexWidth) + "  ")
            writer.append(hit.text.onOneLine)
            try writer.endLine()
        }
    }
}

extension String {
    /// The text on one line, as tables show it.
    var onOneLine: String { split(whereSeparator: \.isNewline).joined(separator: " ") }
}

extension LineWriter {
    /// Appends a document as an object, which includes its fields.
    fileprivate mutating func append(_ hit: RankedDocument, _ fields: [UInt8]?) {
        append("{\"corpus_id\":\(hit.index),\"score\":")
        append(number: hit.score)
        append(",\"text\":")
        append(string: hit.text)
        if let fields { append([UInt8(ascii: ",")] + fields) }
        append("}")
    }
}
