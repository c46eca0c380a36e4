// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceTransformers

/// Finds the texts of a corpus that fit queries best.
struct SearchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Print the texts of a corpus that fit queries best.",
        usage: "sentence-transformers search --corpus <file> --query <text> [--model <folder-or-name>] [<options>]",
        discussion: """
            Embeddings of a dense model are kept beside the corpus and used again while texts, model and settings are the \
            same. Without a model, texts are found by their words (BM25). Corpus and queries may also be embeddings \
            (.npy or .safetensors).

            Examples:
              sentence-transformers search --model M --corpus docs.jsonl --query "Who eats pasta?"
              sentence-transformers search --model M --corpus docs.jsonl --queries q.txt --hybrid --rerank R --json
              sentence-transformers search --corpus docs.npy --queries q.npy --top-k 5 --json
            """)

    @OptionGroup(title: "Common options")
    var common: OptionalModelOptions

    @Option(
        help: ArgumentHelp(
            """
            The texts to search in: .jsonl, .json, .csv or .tsv, each also .gz, or a text a line; or embeddings, .npy or \
            .safetensors.
            """, valueName: "file"))
    var corpus: String

    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("What to search for; can be given several times.", valueName: "text"))
    var query: [String] = []

    @Option(help: ArgumentHelp("A file of queries, in any format of the corpus.", valueName: "file"))
    var queries: String?

    @OptionGroup
    var rows: RowOptions

    @Option(
        help: ArgumentHelp("How many texts to print for each query.", valueName: "n"), transform: PositiveNumber.parse)
    var topK: Int = 10

    @Option(
        help: ArgumentHelp(
            "Search only in rows whose field has this value; given several times, all must hold.",
            valueName: "field=value"), transform: FieldFilter.parse)
    var filter: [FieldFilter] = []

    @Flag(help: "Search by embeddings and by words, and fuse both lists (reciprocal rank fusion).")
    var hybrid = false

    @Option(help: ArgumentHelp("A cross-encoder that ranks the best texts again.", valueName: "folder-or-name"))
    var rerank: String?

    @Option(
        help: ArgumentHelp(
            "With --hybrid or --rerank, how many texts each search finds before. (default: 100)", valueName: "n"),
        transform: PositiveNumber.parse)
    var candidates: Int = 100

    @OptionGroup
    var kindOption: KindOption

    @Flag(help: "Neither use nor write the embeddings beside the corpus.")
    var noCache = false

    @Flag(help: "Print a JSON array of objects with \"corpus_id\" and \"score\" for each query, a line each.")
    var json = false

    func validate() throws {
        guard query.isEmpty != (queries == nil) else {
            throw ValidationError("give the queries with --query or in a file with --queries")
        }
        if hybrid, common.model == nil {
            throw ValidationError("--hybrid needs a --model; without one, texts are found by their words alone")
        }
        guard EmbeddingFile.isNamed(corpus) else {
            if let queries, EmbeddingFile.isNamed(queries) {
                throw ValidationError("the queries are embeddings; the corpus must then be embeddings too")
            }
            return
        }
        if hybrid || rerank != nil || !filter.isEmpty {
            throw ValidationError("--hybrid, --rerank and --filter need the texts of the corpus, not embeddings")
        }
    }

    func run() throws {
        try SearchRun(command: self)()
    }
}
