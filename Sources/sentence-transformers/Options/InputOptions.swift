// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SentenceData
import SentenceFiles

extension DataFormat: ExpressibleByArgument {}

/// Options for the format of rows and the fields of their texts.
struct RowOptions: ParsableArguments {
    @Option(
        help: """
            The format of the input. (default: by the extension .jsonl, .ndjson, .json, .csv or .tsv, also with .gz; \
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

    /// The rows of files, or of standard input if there are none.
    func source(_ paths: [String]) -> RowSource {
        .files(paths.isEmpty ? [nil] : paths.map { $0 == "-" ? nil : $0 }, inputFormat)
    }

    /// How to read rows of a kind.
    func reading(_ kind: RowKind) -> RowReading { RowReading(kind: kind, textFields: textField) }
}

/// Options for the fields of a row that its result carries.
struct FieldOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The field whose value each result carries as \"id\"; binary files get a file .ids.jsonl beside them.",
            valueName: "name"))
    var idField: String?

    @Option(help: ArgumentHelp("A field that each result carries; can be given several times.", valueName: "name"))
    var keep: [String] = []

    /// The keys of results, which a kept field cannot have.
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
    /// The same reading, which also keeps the fields that the options name.
    func keeping(_ fields: FieldOptions) -> RowReading {
        var reading = self
        reading.idField = fields.idField
        reading.keptFields = fields.keep
        return reading
    }
}

/// Options for the rows that a command reads.
struct InputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("\(Self.help)", valueName: "file"))
    var input: [String] = []

    @OptionGroup
    var rows: RowOptions

    static let help = """
        The texts: a file, or - for standard input; can be given several times. Any of them may be gzip. A .jsonl file \
        has a JSON string, an array of two strings (a pair) or an object with "text" on each line, a .json file one \
        array of these, .csv and .tsv files a header; in any other file each line is a text, even if empty. (default: -)
        """

    /// Where the rows come from.
    var source: RowSource { rows.source(input) }
}
