// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceData
import SentenceFiles

extension DataFormat: ExpressibleByArgument {}

/// How rows are written down and where their texts stand.
struct RowOptions: ParsableArguments {
    @Option(
        help: """
            How the input is written down. (default: by the ending .jsonl, .ndjson, .json, .csv or .tsv, also with .gz; \
            other files are plain lines; standard input is recognised by its first line)
            """)
    var inputFormat: DataFormat?

    @Option(
        help: ArgumentHelp(
            """
            The field or column of the text; given twice, those of the two texts of a pair. (default: text, sentence or \
            content)
            """, valueName: "name"))
    var textField: [String] = []

    func validate() throws {
        if textField.count > 2 { throw ValidationError("--text-field is given once, or twice for pairs") }
    }

    /// The files as they are opened; standard input if there are none.
    func source(_ paths: [String]) -> RowSource {
        .files(paths.isEmpty ? [nil] : paths.map { $0 == "-" ? nil : $0 }, inputFormat)
    }

    /// How to read rows of a kind.
    func reading(_ kind: RowKind) -> RowReading { RowReading(kind: kind, textFields: textField) }
}

/// What stays with a row on its way into the output.
struct FieldOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The field whose value each result carries as \"id\"; binary files get a file .ids.jsonl beside them.",
            valueName: "name"))
    var idField: String?

    @Option(help: ArgumentHelp("A field that each result carries; can be given several times.", valueName: "name"))
    var keep: [String] = []

    /// The keys of results, which no kept field can have.
    private static let reserved = ["embedding", "score", "indices", "values", "ids", "type_ids", "words", "corpus_id"]

    func validate() throws {
        if let name = keep.first(where: { Self.reserved.contains($0) || ($0 == "id" && idField != nil) }) {
            throw ValidationError("--keep \(name) would hide the \"\(name)\" of the result")
        }
        if Set(keep.map { ExactString($0) }).count < keep.count { throw ValidationError("--keep names a field twice") }
    }

    /// Whether results carry fields.
    var isGiven: Bool { idField != nil || !keep.isEmpty }
}

extension RowReading {
    /// The same, with the fields that stay with the rows.
    func keeping(_ fields: FieldOptions) -> RowReading {
        var reading = self
        reading.idField = fields.idField
        reading.keptFields = fields.keep
        return reading
    }
}

/// The rows that a command reads.
struct InputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("\(Self.help)", valueName: "file"))
    var input: [String] = []

    @OptionGroup
    var rows: RowOptions

    static let help = """
        The texts: a file, or - for standard input; can be given several times. Any of them may be gzip. A .jsonl file \
        has a JSON string, an array of two strings (a pair) or an object with "text" a line, a .json file one array of \
        these, .csv and .tsv files a header; in any other file each line is a text, also an empty one. (default: -)
        """

    /// Where the rows come from.
    var source: RowSource { rows.source(input) }
}
