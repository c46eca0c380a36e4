// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SentenceFiles
import SentenceTransformers

extension ModelCard {
    /// How the model is used, in Swift and in Python, with texts of its data.
    var usage: String {
        let first = (try? trainer.datasets[0].row(0))?.flatMap(\.allTexts) ?? []
        let texts = (first + ["It is sunny.", "They drove to the stadium."]).prefix(2).map(Self.literal)
        let (swift, python) = Self.snippets(texts[0], texts[1])
        return "## Usage\n\nIn Swift:\n\n" + Markdown.block(swift, "swift") + "\nIn Python:\n\n"
            + Markdown.block(python, "python")
    }

    /// The text as both languages write it.
    private static func literal(_ text: String) -> String {
        let cut = text.unicodeScalars.count > 200 ? String(text.unicodeScalars.prefix(200)) + "…" : text
        return "\""
            + cut.unicodeScalars.reduce(into: "") { literal, scalar in
                switch scalar {
                case "\"", "\\": literal += "\\\(scalar)"
                case "\n": literal += "\\n"
                // Nothing else may end the line, and the languages have no escape for it in common.
                default: literal += scalar.properties.generalCategory == .control ? " " : String(scalar)
                }
            } + "\""
    }

    private static func snippets(_ first: String, _ second: String) -> (swift: String, python: String) {
        let type = Model.kind.rawValue
        let swift = "import SentenceTransformers\n\nlet model = try await \(type)(\"path/to/this/folder\")\n"
        let python = "from sentence_transformers import \(type)\n\nmodel = \(type)(\"path/to/this/folder\")\n"
        switch Model.kind {
        case .sentenceTransformer, .sparseEncoder:
            return (
                swift + """
                    let embeddings = try model.encode([
                        \(first),
                        \(second),
                    ])
                    print(try model.similarity(embeddings, embeddings))
                    """,
                python + """
                    embeddings = model.encode([
                        \(first),
                        \(second),
                    ])
                    print(model.similarity(embeddings, embeddings))
                    """
            )
        case .crossEncoder:
            return (
                swift + "print(try model.predict([(\n    \(first),\n    \(second)\n)]))",
                python + "print(model.predict([(\n    \(first),\n    \(second),\n)]))"
            )
        case .multiVectorEncoder:
            return (
                swift + """
                    let queries = try model.encodeQuery([\(first)])
                    let documents = try model.encodeDocument([\(second)])
                    print(try model.similarity(queries, documents))
                    """,
                python + """
                    queries = model.encode_query([\(first)])
                    documents = model.encode_document([\(second)])
                    print(model.similarity(queries, documents))
                    """
            )
        }
    }
}
