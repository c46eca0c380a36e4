// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceCheckpoints
import SentenceFiles
import SentenceTransformers

/// Documents to those that answer a query best.
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

    @Option(parsing: .unconditional, help: ArgumentHelp("What is asked.", valueName: "text"))
    var query: String

    @Option(
        help: ArgumentHelp(
            """
            The documents: a file, or - for standard input. In .jsonl and .json files each line is a JSON string, or an \
            object with "text"; in any other file each line is a document. (default: -)
            """, valueName: "file"))
    var documents: String?

    @Option(
        help: ArgumentHelp("The number of documents to print. (default: all)", valueName: "n"),
        transform: PositiveNumber.parse)
    var topK: Int?

    @OptionGroup
    var score: ScoreOptions

    @Flag(help: "Print one JSON array of objects with \"corpus_id\", \"score\" and \"text\".")
    var json = false

    func run() throws {
        let texts = try InputFile(documents).readTexts()
        let model = try common.load(CrossEncoder.self)
        let (ranked, receipts) = try ProgressBar(isQuiet: common.quiet).show(score.predictOptions(common)) {
            try model.rankWithReceipts(query, documents: texts, topK: topK, options: $0)
        }
        if !common.quiet { Console.warnOfCuts(receipts) }
        try OutputTarget.standardOutput.writeLines { writer in
            if json {
                try writer.append(ranked)
                try writer.endLine()
            } else {
                try Self.print(ranked, &writer)
            }
        }
    }

    /// A score with four digits behind the point and a document a line.
    private static func print(_ ranked: [RankedDocument], _ writer: inout LineWriter) throws {
        let width = ranked.reduce(0) { max($0, Matrix.format($1.score).count) }
        for hit in ranked {
            writer.append(Matrix.format(hit.score).padded(to: width) + "  ")
            // A document that has lines stays on one.
            writer.append(hit.text.split(whereSeparator: \.isNewline).joined(separator: " "))
            try writer.endLine()
        }
    }
}

extension LineWriter {
    /// Appends documents as an array of objects.
    fileprivate mutating func append(_ ranked: [RankedDocument]) throws {
        append("[")
        for (place, hit) in ranked.enumerated() {
            append((place == 0 ? "" : ",") + "{\"corpus_id\":\(hit.index),\"score\":")
            append(number: hit.score)
            append(",\"text\":" + (try JSONValue.string(hit.text).serialized(.compact)) + "}")
        }
        append("]")
    }
}
